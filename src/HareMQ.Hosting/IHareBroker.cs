namespace HareMQ.Hosting;

/// <summary>The broker that a host runs, for services that want to connect to it.</summary>
public interface IHareBroker
{
    /// <summary>An AMQP URI for a client on this machine. Completes when the broker accepts connections; fails if it could not start.</summary>
    Task<Uri> GetUriAsync(CancellationToken cancellationToken = default);

    /// <summary>The running broker. Completes when it accepts connections; fails if it could not start.</summary>
    Task<HareBroker> GetBrokerAsync(CancellationToken cancellationToken = default);
}
