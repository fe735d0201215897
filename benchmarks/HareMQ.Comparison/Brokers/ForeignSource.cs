using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <summary>A broker that runs already, on this machine.</summary>
internal sealed class ForeignSource(string label, string uri, int pid) : BrokerSource(label)
{
    public override bool IsOurs => false;

    public override string Description => BrokerAddress.Parse(uri).ToString();

    public override RunningBroker Start(string directory, Func<AmqpLink, bool>? isReady = null) => new Running(uri, pid);

    private sealed class Running(string uri, int pid) : RunningBroker(CancellationToken.None)
    {
        public override string Uri => uri;

        public override int Pid => pid;

        public override void Kill() => throw new ComparisonException("a broker that others run is not killed");

        public override void Dispose()
        {
            // It stays.
        }
    }
}
