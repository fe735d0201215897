using System.Formats.Asn1;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HareMQ.Amqp.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>
/// TLS for the HTTP API with the same certificates, rules, reloading and log lines as for AMQP. Kestrel's own middleware would need the services
/// of a whole web host.
/// </summary>
internal sealed class HttpsConnections(TlsCertificates certificates, TimeProvider time, ILogger logger)
{
    public ConnectionDelegate Encrypt(ConnectionDelegate next) => connection => ServeAsync(connection, next);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var plain = connection.Transport;
        await using var stream = new SslStream(new DuplexPipeStream(plain));
        if (!await TryStartAsync(connection, stream)) return;
        var encrypted = new DuplexPipe(
            PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        connection.Features.Set<ITlsConnectionFeature>(new TlsFeature());
        connection.Transport = encrypted;
        try
        {
            await next(connection);
        }
        finally
        {
            await encrypted.Input.CompleteAsync();
            await encrypted.Output.CompleteAsync();
            connection.Transport = plain;
        }
    }

    private async Task<bool> TryStartAsync(ConnectionContext connection, SslStream stream)
    {
        var options = certificates.Options;
        var handshake = new TlsHandshake(certificates.Current(), options);
        using var limit = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        try
        {
            await stream.AuthenticateAsServerAsync(handshake.Options, both.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            if (limit.IsCancellationRequested)
                TlsLog.HandshakeTimedOut(logger, connection.RemoteEndPoint, options.HandshakeTimeout.TotalSeconds);
            return false;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or CryptographicException or AsnContentException)
        {
            TlsLog.HandshakeFailed(logger, connection.RemoteEndPoint, handshake.Refusal ?? (error.InnerException ?? error).Message);
            return false;
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Tells Kestrel that requests come by <c>https</c>. Users log in by name and password, so nobody asks for the certificate.</summary>
    private sealed class TlsFeature : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
