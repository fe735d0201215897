using System.Buffers;
using System.Formats.Asn1;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using HareMQ.Amqp.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp.Transport;

/// <summary>Makes a transport of an accepted socket: first the PROXY header, then TLS, where the listener asks for them.</summary>
/// <param name="options">The AMQP side's options, as they are now.</param>
/// <param name="certificates">Null: no listener with TLS.</param>
/// <param name="time">The clock of the time limits.</param>
/// <param name="logger">Where refusals are logged.</param>
/// <param name="stopping">Ends what is under way.</param>
internal sealed class TransportOpener(
    Func<AmqpServerOptions> options, TlsCertificates? certificates, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    /// <returns>Null: the client was refused or went away; that is logged, and the socket is closed. Never throws.</returns>
    public async ValueTask<ITransport?> OpenAsync(Socket socket, bool useTls)
    {
        EndPoint? peer = null;
        try
        {
            peer = socket.RemoteEndPoint;
            var proxied = default(ProxyHeader);
            if (options().ProxyProtocol)
            {
                if (await ReadProxyHeaderAsync(socket, peer) is not { } header)
                {
                    socket.Dispose();
                    return null;
                }

                proxied = header;
                peer = header.Source ?? peer;
            }

            if (!useTls) return new SocketTransport(socket, proxied);
            if (await StartTlsAsync(socket, peer, proxied) is { } transport) return transport;
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            TlsLog.EndedSilently(logger, peer);
        }
        catch (Exception error)
        {
            TlsLog.Unexpected(logger, peer, error);
        }

        socket.Dispose();
        return null;
    }

    private async ValueTask<ProxyHeader?> ReadProxyHeaderAsync(Socket socket, EndPoint? peer)
    {
        var timeout = options().HandshakeTimeout;
        using var limit = Limit(timeout);
        var bytes = ArrayPool<byte>.Shared.Rent(ProxyHeader.BytesMax);
        var count = 0;
        try
        {
            while (true)
            {
                var header = ProxyHeader.Read(bytes.AsSpan(0, count));
                if (header.Error is { } error)
                {
                    TlsLog.ProxyHeaderRefused(logger, peer, error);
                    return null;
                }

                if (header.BytesWanted == 0) return header;
                var received = await socket.ReceiveAsync(bytes.AsMemory(count, header.BytesWanted), SocketFlags.None, limit.Token);
                if (received == 0)
                {
                    if (count == 0) TlsLog.EndedSilently(logger, peer);
                    else TlsLog.ProxyHeaderRefused(logger, peer, "it ended within its PROXY header");
                    return null;
                }

                count += received;
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            TlsLog.ProxyHeaderRefused(logger, peer, $"no PROXY header after {timeout.TotalSeconds} s");
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async ValueTask<TlsTransport?> StartTlsAsync(Socket socket, EndPoint? peer, ProxyHeader proxied)
    {
        var timeout = certificates!.Options.HandshakeTimeout;
        using var limit = Limit(timeout);
        SslStream? stream = null;
        TlsTransport? opened = null;
        var handshake = new TlsHandshake(certificates.Current(), certificates.Options);
        try
        {
            if (!await SpeaksTlsAsync(socket, peer, limit.Token)) return null;
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsServerAsync(handshake.Options, limit.Token);
            var session = handshake.Finish(stream);
            opened = new TlsTransport(
                stream, socket, session, peer, proxied.Destination ?? socket.LocalEndPoint);
            return opened;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            TlsLog.HandshakeTimedOut(logger, peer, timeout.TotalSeconds);
            return null;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or CryptographicException or AsnContentException)
        {
            TlsLog.HandshakeFailed(logger, peer, handshake.Refusal ?? Innermost(error).Message);
            return null;
        }
        finally
        {
            if (opened is null && stream is not null) await stream.DisposeAsync();
        }
    }

    /// <summary>Looks at the first byte and leaves it: a record of a TLS handshake starts with 22.</summary>
    private async ValueTask<bool> SpeaksTlsAsync(Socket socket, EndPoint? peer, CancellationToken limit)
    {
        var start = new byte[1];
        if (await socket.ReceiveAsync(start, SocketFlags.Peek, limit) == 0)
        {
            TlsLog.EndedSilently(logger, peer);
            return false;
        }

        if (start[0] == TlsHandshake.RecordType) return true;
        var guess = start[0] switch
        {
            (byte)'A' => "it seems to speak AMQP without TLS",
            (byte)'P' or (byte)'\r' => "it seems to send a PROXY header, and proxy_protocol is off",
            _ => $"it does not speak TLS: its first byte is 0x{start[0]:x2}",
        };
        TlsLog.HandshakeFailed(logger, peer, guess);
        return false;
    }

    private LinkedLimit Limit(TimeSpan timeout) => new(timeout, time, stopping);

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    /// <summary>A time limit on the broker's clock that a stop cuts short.</summary>
    private sealed class LinkedLimit : IDisposable
    {
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _both;

        public LinkedLimit(TimeSpan timeout, TimeProvider time, CancellationToken stopping)
        {
            _timer = new CancellationTokenSource(timeout, time);
            _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, stopping);
        }

        public CancellationToken Token => _both.Token;

        public void Dispose()
        {
            _both.Dispose();
            _timer.Dispose();
        }
    }
}
