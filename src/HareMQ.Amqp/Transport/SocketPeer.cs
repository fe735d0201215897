using System.Net.Sockets;

namespace HareMQ.Amqp.Transport;

/// <summary>Looks whether the other end of a socket is still there, without receiving what it may have sent before.</summary>
internal static class SocketPeer
{
    private const int LinuxTcpLevel = 6;
    private const int LinuxTcpInfo = 11;

    /// <summary>The state, first byte of tcp_info, in which the peer may still send: our own side is open while this is asked.</summary>
    private const byte Established = 1;

    public static bool HasEnded(Socket socket)
    {
        try
        {
            if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp)
            {
                Span<byte> state = stackalloc byte[1];
                return socket.GetRawSocketOption(LinuxTcpLevel, LinuxTcpInfo, state) == 1 && state[0] != Established;
            }

            // Readable with nothing to read is the end. Behind unread data it cannot be seen.
            return socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
