namespace HareMQ.Testing;

/// <summary>What an administrator does, on either broker.</summary>
public interface IBrokerAdministration
{
    /// <exception cref="AdministrationException">The broker refuses.</exception>
    Task SetPolicyAsync(BrokerPolicy policy);

    Task ClearPolicyAsync(string name, bool isOperator = false);

    Task AddVhostAsync(string name);

    /// <summary>Turns the firehose of a virtual host on or off.</summary>
    Task SetTracingAsync(string vhost, bool on);

    Task DeleteVhostAsync(string name);

    /// <summary>With all permissions in the default virtual host; the password is the name.</summary>
    Task AddUserAsync(string name);

    Task DeleteUserAsync(string name);

    /// <param name="vhost">Its name.</param>
    /// <param name="limits">As a JSON object.</param>
    Task SetVhostLimitAsync(string vhost, string limits);

    /// <inheritdoc cref="SetVhostLimitAsync"/>
    Task SetUserLimitAsync(string user, string limits);

    /// <summary>Memory above this share sets the alarm.</summary>
    Task SetMemoryWatermarkAsync(double share);

    /// <summary>A disk with less free space sets the alarm.</summary>
    Task SetDiskFreeLimitAsync(long bytes);

    /// <summary>How long a delivery may wait for its ack, on channels that are opened from now on.</summary>
    Task SetConsumerTimeoutAsync(int milliseconds);
}

/// <summary>A policy in the default virtual host.</summary>
/// <param name="Name">Of the policy.</param>
/// <param name="Pattern">A regular expression.</param>
/// <param name="Definition">A JSON object.</param>
public sealed record BrokerPolicy(string Name, string Pattern, string Definition)
{
    public string ApplyTo { get; init; } = "all";

    public int Priority { get; init; }

    public bool IsOperator { get; init; }
}

/// <summary>The message is the broker's.</summary>
public sealed class AdministrationException(string message) : Exception(message);
