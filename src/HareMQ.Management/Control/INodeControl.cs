namespace HareMQ.Management.Control;

internal enum NodeState
{
    Starting,
    Running,
    Stopping,

    /// <summary>The process lives, and can start the broker again.</summary>
    Stopped,
}

/// <summary>The process around a broker: what its operator may do to it, whether the broker runs or not. Any thread.</summary>
internal interface INodeControl
{
    string NodeName { get; }

    string ProductVersion { get; }

    NodeState State { get; }

    /// <summary>The HTTP API of the broker; null while it does not run.</summary>
    ManagementServer? Api { get; }

    /// <summary>What it was started with, secrets masked, in the order of the documentation.</summary>
    IReadOnlyList<EffectiveSetting> Settings { get; }

    /// <summary>The least severe level that is logged, as the configuration spells it.</summary>
    string LogLevel { get; }

    /// <summary>Holds until the process ends.</summary>
    /// <returns>False: there is no such level.</returns>
    bool TrySetLogLevel(string level);

    /// <summary>Starts the broker; one that runs is left alone.</summary>
    /// <exception cref="NodeControlException">It could not start.</exception>
    Task StartBrokerAsync();

    /// <summary>Closes all clients and listeners and the data directory; one that does not run is left alone.</summary>
    Task StopBrokerAsync();

    /// <summary>Deletes all definitions and messages of a broker that does not run.</summary>
    /// <exception cref="NodeControlException">It runs, or some of it could not be deleted.</exception>
    Task ResetAsync();

    /// <summary>Asks the process to end. Returns at once.</summary>
    void Shutdown();
}

/// <summary>A configuration key in effect.</summary>
/// <param name="Key">As the configuration file spells it.</param>
/// <param name="Value">As text.</param>
/// <param name="Source">Where it was set: <c>haremq.conf:12</c>; empty for a default.</param>
internal sealed record EffectiveSetting(string Key, string Value, string Source);

/// <summary>The node cannot do what was asked; the message is for its operator.</summary>
internal sealed class NodeControlException(string message, Exception? cause = null) : Exception(message, cause);
