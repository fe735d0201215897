using System.Net;
using System.Net.Sockets;

namespace HareMQ.Comparison.Brokers;

internal static class FreePort
{
    private const int First = 20000;
    private const int Count = 10000;

    // What tests/lib/rabbitmq.sh adds for Erlang's distribution and its port mapper.
    private static readonly int[] s_offsets = [0, 20000, 20001];

    /// <summary>A loopback port on which nobody listens, nor on those that belong to it.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = First + Random.Shared.Next(Count);
            if (s_offsets.All(offset => IsFree(port + offset))) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
