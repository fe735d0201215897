using HareMQ.Testing;

namespace HareMQ.Perf.Tests;

public sealed class AllocationTests
{
    private const int Few = 20_000;
    private const int Many = 220_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_cost_no_allocation(bool withRate)
    {
        await using var broker = await Task.Run(EmbeddedBroker.StartAsync);
        var options = new LoadOptions
        {
            Addresses = [BrokerAddress.Parse(broker.Uri.ToString())],
            Rate = withRate ? [new RateStep(1_000_000, TimeSpan.FromSeconds(1))] : [],
            Confirms = 1000, AckEvery = 10, Size = SizeRange.Of(64), InFlight = 5000,
        };
        var few = await Task.Run(() => Allocated(options with { Count = Few }));
        var many = await Task.Run(() => Allocated(options with { Count = Many }));
        // Buffers may have grown a little further.
        Assert.InRange(many - few, long.MinValue, (Many - Few) / 2);
    }

    private static long Allocated(LoadOptions options)
    {
        var topology = Topology.From(options);
        using var control = AmqpLink.Open(options.Addresses[0], options.Timeout);
        topology.Declare(control, options);
        using var session = new LoadSession(options, topology);
        var watch = new RunWatch(session, new RunContext(new Progress(null), CancellationToken.None));
        session.StartConsumers();
        session.OpenPublishers(RateSteps.Plan(options.Rate, options.Duration, TimeSpan.Zero));
        session.State.StartMeasuring(0);
        session.StartPublishers();
        Assert.True(watch.While(() => session.Consumed, options.Timeout, () => session.Consumed == options.Count && session.ArePublishersDone));
        session.State.StopConsuming = true;
        session.Join();
        Assert.Equal(options.Count, session.Latency.Count);
        return session.AllocatedBytes;
    }
}
