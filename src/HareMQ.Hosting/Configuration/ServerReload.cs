using HareMQ.Amqp.Transport.Tls;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>What reading the configuration again has changed.</summary>
/// <param name="Applied">Keys whose new values are in force.</param>
/// <param name="NeedRestart">Keys whose new values wait for the next start.</param>
/// <param name="Error">Why nothing was changed; null: it was.</param>
internal sealed record ReloadReport(IReadOnlyList<string> Applied, IReadOnlyList<string> NeedRestart, string? Error = null);

/// <summary>
/// Reads the server program's configuration again (SIGHUP) and applies what a running broker can change. A configuration that has an error
/// anywhere, or certificates that cannot be used, changes nothing.
/// </summary>
/// <param name="started">What the program was started with.</param>
/// <param name="running">The broker of now; null while it does not run.</param>
/// <param name="logger">Where it is said what has become of it.</param>
internal sealed class ServerReload(HareServerArguments started, Func<HareBroker?> running, ILogger logger)
{
    private readonly Lock _reloading = new();

    /// <summary>What is in force of those that can change, and what was there at the start of all others.</summary>
    private Dictionary<string, string> _inForce = new(started.FinalValues(), StringComparer.Ordinal);

    /// <summary>A broker that was started since begins with what the program was started with.</summary>
    private HareBroker? _seen;

    public ReloadReport Run()
    {
        lock (_reloading)
        {
            var report = Reload();
            if (report.Error is { } error) HostingLog.ReloadFailed(logger, error);
            else if (report.Applied.Count + report.NeedRestart.Count == 0) HostingLog.ReloadedUnchanged(logger);
            if (report.Applied.Count > 0) HostingLog.Reloaded(logger, string.Join(", ", report.Applied));
            if (report.NeedRestart.Count > 0) HostingLog.ReloadNeedsRestart(logger, string.Join(", ", report.NeedRestart));
            return report;
        }
    }

    private ReloadReport Reload()
    {
        if (!started.TryReadAgain(out var next, out var error)) return new ReloadReport([], [], error);
        if (running() is not { } broker) return new ReloadReport([], [], "the broker does not run");
        if (_seen is not null && _seen != broker) _inForce = new(started.FinalValues(), StringComparer.Ordinal);
        _seen = broker;
        var values = next.FinalValues();
        var changed = ChangedKeys(values);
        var groups = changed.Aggregate(ReloadGroups.None, (all, key) => all | ReloadableKeys.GroupsOf(key));
        var (applied, needRestart) = (new List<string>(), new List<string>());
        foreach (var key in changed) (ReloadableKeys.GroupsOf(key) == ReloadGroups.None ? needRestart : applied).Add(key);
        try
        {
            broker.Apply(next.Broker, groups);
        }
        catch (TlsException failure)
        {
            return new ReloadReport([], [], failure.Message);
        }

        if (groups.HasFlag(ReloadGroups.Log)) ApplyLog(next);
        foreach (var key in applied)
        {
            if (values.TryGetValue(key, out var value)) _inForce[key] = value;
            else _inForce.Remove(key);
        }

        foreach (var warning in next.Warnings) HostingLog.ConfigurationWarning(logger, warning);
        return new ReloadReport(applied, needRestart);
    }

    private void ApplyLog(HareServerArguments next)
    {
        started.Log.CopyFrom(next.Log);
        started.LogFile.Log.CopyFrom(next.LogFile.Log);
        started.Settings.LogExchange.CopyFrom(next.Settings.LogExchange);
    }

    private string[] ChangedKeys(IReadOnlyDictionary<string, string> next) =>
    [
        .. _inForce.Keys.Union(next.Keys)
            .Where(key => _inForce.GetValueOrDefault(key) != next.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal),
    ];
}
