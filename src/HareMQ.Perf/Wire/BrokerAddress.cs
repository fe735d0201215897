namespace HareMQ.Perf;

/// <summary>Where a broker listens and as whom to log in.</summary>
internal sealed record BrokerAddress(string Host, int Port, string User, string Password, string VirtualHost)
{
    private const int DefaultPort = 5672;
    private const string Guest = "guest";

    /// <summary>
    /// Reads <c>amqp://user:password@host:port/vhost</c>. Parts may be missing, and are then those of a fresh broker on this machine.
    /// </summary>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static BrokerAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw new FormatException($"'{text}' is not a URI such as amqp://guest:guest@localhost:5672/");
        if (uri.Scheme == "amqps") throw new FormatException("TLS (amqps) is not supported; use amqp://");
        if (uri.Scheme != "amqp") throw new FormatException($"'{text}' does not start with amqp://");
        if (uri.AbsolutePath.Count('/') > 1) throw new FormatException($"the virtual host in '{text}' needs %2F for its slashes");
        var login = uri.UserInfo.Split(':', 2);
        var user = login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : Guest;
        var password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : Guest;
        // As RabbitMQ's clients read it: no path, and a bare slash, both mean the default virtual host.
        var virtualHost = uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : "/";
        var host = uri.Host.Length > 0 ? uri.DnsSafeHost : "localhost";
        return new BrokerAddress(host, uri.Port > 0 ? uri.Port : DefaultPort, user, password, virtualHost);
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
