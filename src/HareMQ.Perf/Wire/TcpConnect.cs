using System.Net;
using System.Net.Sockets;

namespace HareMQ.Perf;

/// <summary>Opens sockets without any of .NET's asynchronous calls, and without its emulation of blocking ones.</summary>
/// <remarks>
/// After the first of those, and after the first blocking call of a socket that was once set not to block, a socket stays registered with
/// the runtime: its threads then wake for every packet, next to ours. So sockets are left blocking until a load begins.
/// </remarks>
internal static class TcpConnect
{
    /// <exception cref="PerfException">The name is unknown, or none of its addresses answers in time.</exception>
    public static Socket Open(BrokerAddress address, TimeSpan timeout)
    {
        SocketException? failure = null;
        foreach (var host in Resolve(address))
        {
            try
            {
                return Open(new IPEndPoint(host, address.Port), timeout);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw Failed(address, failure!);
    }

    private static IPAddress[] Resolve(BrokerAddress address)
    {
        try
        {
            return Dns.GetHostAddresses(address.Host);
        }
        catch (SocketException e)
        {
            throw Failed(address, e);
        }
    }

    private static Socket Open(IPEndPoint endPoint, TimeSpan timeout)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Closing it is the only way to end a blocking connect.
            using (new Timer(static late => ((Socket)late!).Dispose(), socket, timeout, Timeout.InfiniteTimeSpan)) socket.Connect(endPoint);
            socket.ReceiveTimeout = socket.SendTimeout = (int)timeout.TotalMilliseconds;
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (WasClosed(e)) throw new SocketException((int)SocketError.TimedOut);
            throw;
        }
    }

    private static bool WasClosed(Exception e) =>
        e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted };

    private static PerfException Failed(BrokerAddress address, SocketException e) =>
        new(ExitCode.ConnectionLost, $"cannot connect to {address}: {new SocketException(e.ErrorCode).Message}");
}
