using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp.Transport.Tls;

/// <summary>
/// The certificates in use. At a new handshake, at most once a second, the files' times are looked at; changed files are read again, and what
/// cannot be used leaves the old ones in place. Thread-safe.
/// </summary>
internal sealed class TlsCertificates
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // Touched by any thread. The stamps belong to whoever has set _checking.
    private volatile TlsMaterial _material;
    private volatile TlsOptions _options;
    private int _checking;
    private long _checkedAt;
    private FileStamps _stamps;

    /// <exception cref="TlsException">The files cannot be used.</exception>
    public TlsCertificates(TlsOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        // Taken before the files are read: a change in between shows the next time.
        _stamps = FileStamps.Take(options);
        _material = Load(options);
        _checkedAt = time.GetTimestamp();
    }

    public TlsOptions Options => _options;

    /// <summary>Reads the files that other options name.</summary>
    /// <returns>Puts them in force, for the next handshake.</returns>
    /// <exception cref="TlsException">They cannot be used.</exception>
    public Action Prepare(TlsOptions options)
    {
        var material = Load(options);
        return () =>
        {
            // The stamps of the old files differ, or their content is the same: at worst they are read once more.
            _options = options;
            _material = material;
        };
    }

    /// <summary>For the next handshake.</summary>
    public TlsMaterial Current()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _checkedAt)) < s_checkInterval) return _material;
        if (Interlocked.CompareExchange(ref _checking, 1, 0) != 0) return _material;
        try
        {
            Interlocked.Exchange(ref _checkedAt, _time.GetTimestamp());
            ReloadIfChanged();
        }
        finally
        {
            Interlocked.Exchange(ref _checking, 0);
        }

        return _material;
    }

    private void ReloadIfChanged()
    {
        var stamps = FileStamps.Take(Options);
        if (stamps == _stamps) return;
        _stamps = stamps;
        try
        {
            _material = Load(Options);
            TlsLog.Reloaded(_logger, Options.CertificateFile, _material.ServerExpiresAt);
        }
        catch (TlsException error)
        {
            TlsLog.ReloadFailed(_logger, error.Message);
        }
    }

    private TlsMaterial Load(TlsOptions options)
    {
        var material = TlsMaterial.Load(options);
        if (material.ServerExpiresAt < _time.GetUtcNow().UtcDateTime) TlsLog.Expired(_logger, options.CertificateFile, material.ServerExpiresAt);
        return material;
    }

    /// <summary>What changes when a file is written or replaced. A missing file has a time of its own: 1601.</summary>
    private readonly record struct FileStamps(DateTime Certificate, DateTime Key, DateTime Authorities)
    {
        public static FileStamps Take(TlsOptions options) =>
            new(TimeOf(options.CertificateFile), TimeOf(options.KeyFile), TimeOf(options.CaCertificateFile));

        // Follows links: certificates are often replaced by pointing a link elsewhere.
        private static DateTime TimeOf(string? file)
        {
            if (file is null) return default;
            try
            {
                return File.ResolveLinkTarget(file, returnFinalTarget: true)?.LastWriteTimeUtc ?? File.GetLastWriteTimeUtc(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
