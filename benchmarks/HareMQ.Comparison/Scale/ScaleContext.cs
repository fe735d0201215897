using HareMQ.Comparison.Brokers;
using HareMQ.Comparison.Measuring;
using HareMQ.Comparison.Reporting;

namespace HareMQ.Comparison.Scale;

/// <summary>What a scale run works with.</summary>
internal sealed record ScaleContext(string Server, Hareperf Perf, ScaleReport Report)
{
    public BrokerSource Source(params IReadOnlyList<string> settings) => new HareMqSource("HareMQ", Server, Perf.Interrupt, settings);

    public static string Memory(RunningBroker broker)
    {
        var memory = ProcessMemory.Of(broker.Pid);
        return $"{Numbers.Short(memory.Resident)} MB, {Numbers.Short(memory.Anonymous)} MB of it anonymous";
    }
}
