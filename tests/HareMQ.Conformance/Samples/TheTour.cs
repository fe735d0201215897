using System.Diagnostics;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Samples;

/// <summary>The sample program checks its own outcome, so what newcomers read is known to work.</summary>
public abstract class TheTour(BrokerFixture broker) : ConformanceTest(broker)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_topic_does_what_it_says()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Tour.dll");
        using var tour = Process.Start(new ProcessStartInfo("dotnet", [program, "--url", Broker.Uri.OriginalString])
        {
            RedirectStandardOutput = true,
        })!;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var output = await tour.StandardOutput.ReadToEndAsync(patience.Token);
            await tour.WaitForExitAsync(patience.Token);
            Assert.True(tour.ExitCode == 0, output);
        }
        finally
        {
            if (!tour.HasExited) tour.Kill();
        }
    }
}

public sealed class TheTourOnRabbitMq(RabbitMqFixture broker) : TheTour(broker);

public sealed class TheTourOnHareMq(HareMqFixture broker) : TheTour(broker);
