using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Management.Definitions;

namespace HareMQ.Hosting;

/// <summary>Definitions that a server has. Its address may hold secrets, which neither the log nor an error shows.</summary>
internal sealed class DefinitionsDownload(Uri url, HareClientTlsOptions tls) : IDefinitionsSource
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Why the server is not believed; null while it is.</summary>
    private string? _refusal;

    public string Name { get; } = Show(url);

    /// <summary>The address without user, password and query, where keys may stand.</summary>
    public static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <exception cref="TlsException">A certificate cannot be used.</exception>
    public async Task<IReadOnlyList<DefinitionsDocument>> ReadAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { SslOptions = SslOptions() };
        using var http = new HttpClient(handler) { Timeout = s_patience };
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(url.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)));
        if (url.UserInfo.Length > 0) request.Headers.Authorization = Login(url.UserInfo);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) throw Failure($"the server answers {(int)answer.StatusCode} ({answer.StatusCode})", null);
            return [new DefinitionsDocument(Name, await answer.Content.ReadAsByteArrayAsync(cancellationToken))];
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure($"no answer within {s_patience.TotalSeconds} seconds", error);
        }
        catch (HttpRequestException error)
        {
            throw Failure(_refusal ?? error.GetBaseException().Message.ReplaceLineEndings(" "), error);
        }
    }

    private BootDefinitionsException Failure(string reason, Exception? cause) => new($"{Name}: the definitions cannot be fetched: {reason}", cause);

    private static AuthenticationHeaderValue Login(string userInfo)
    {
        var login = Uri.UnescapeDataString(userInfo.Contains(':', StringComparison.Ordinal) ? userInfo : userInfo + ":");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
    }

    private SslClientAuthenticationOptions SslOptions()
    {
        var options = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = tls.Protocols == SslProtocols.None ? SslProtocols.Tls12 | SslProtocols.Tls13 : tls.Protocols,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = Judge,
        };
        if (tls.CaCertificateFile is { } authorities) options.CertificateChainPolicy = PemFiles.PolicyFor(PemFiles.ReadAuthorities(authorities));
        if (tls.CertificateFile is not { } file) return options;
        var (certificate, intermediates) = PemFiles.ReadCertificate(file, tls.KeyFile, tls.KeyPassword);
        options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        return options;
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (!tls.VerifyPeer) return true;
        _refusal = errors switch
        {
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "the server has no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) =>
                $"the server's certificate is not accepted: {string.Join(", ", (chain?.ChainStatus ?? []).Select(status => Describe(status.Status)).Distinct())}",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => "the server's certificate is for another name",
            _ when chain is not null && chain.ChainElements.Count - 2 > tls.Depth =>
                $"the server's certificate is not accepted: {chain.ChainElements.Count - 2} intermediate certificates, definitions.tls.depth allows {tls.Depth}",
            _ => null,
        };
        return _refusal is null;
    }

    private static string Describe(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => "it has expired or is not valid yet",
        X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => "nobody who is trusted has issued it (definitions.tls.cacertfile)",
        _ => status.ToString(),
    };
}
