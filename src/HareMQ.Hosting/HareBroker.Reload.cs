using System.Collections.Frozen;

namespace HareMQ.Hosting;

public sealed partial class HareBroker
{
    /// <summary>Puts those groups of options in force; the options must be valid.</summary>
    /// <exception cref="Amqp.Transport.Tls.TlsException">The certificates cannot be used; nothing has changed.</exception>
    internal void Apply(HareBrokerOptions options, ReloadGroups groups)
    {
        // What may fail comes first.
        var tls = groups.HasFlag(ReloadGroups.Tls) && _options.TlsListeners.Count > 0 ? _amqp.Certificates?.Prepare(options.Tls.ToTlsOptions()) : null;
        var https = groups.HasFlag(ReloadGroups.ManagementTls) && _options.ManagementTlsPort is not null
            ? _managementCertificates?.Prepare((options.ManagementTls ?? options.Tls).ToTlsOptions())
            : null;
        var metrics = groups.HasFlag(ReloadGroups.PrometheusTls) && _options.PrometheusTlsPort is not null
            ? _metricsCertificates?.Prepare((options.PrometheusTls ?? options.Tls).ToTlsOptions())
            : null;
        tls?.Invoke();
        https?.Invoke();
        metrics?.Invoke();
        if (groups.HasFlag(ReloadGroups.Amqp)) _amqp.Reconfigure(AmqpOptions(options));
        if (groups.HasFlag(ReloadGroups.ConsumerTimeout)) _amqp.ConsumerTimeoutMs = (long?)options.ConsumerTimeout?.TotalMilliseconds;
        var resources = ResourceOptions(options);
        if (groups.HasFlag(ReloadGroups.Memory)) _core.Resources.SetMemoryWatermark(resources.MemoryWatermark);
        if (groups.HasFlag(ReloadGroups.Disk)) _core.Resources.SetDiskFreeLimit(resources.DiskFreeLimit);
        if (groups.HasFlag(ReloadGroups.LoopbackUsers)) _core.Access.LoopbackUsers = options.LoopbackUsers.ToFrozenSet(StringComparer.Ordinal);
    }
}
