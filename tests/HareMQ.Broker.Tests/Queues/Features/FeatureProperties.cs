using HareMQ.Broker.Tests.Exchanges;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>Queues with random features against <see cref="FeatureModel"/>. A failure prints its seed and the smallest history.</summary>
public sealed class FeatureProperties
{
    [Fact]
    public void Whatever_a_queue_can_do_it_does_what_a_plain_list_does() =>
        Generators.Check(FeatureSteps.Histories, 3000, history =>
        {
            var setup = history.OfType<Setup>().FirstOrDefault() ?? new Setup(new QueueShape(false, null, false, QueueRules.None));
            using var run = new FeatureRun(setup.Shape);
            foreach (var step in history)
            {
                run.Do(step);
                if (step is CrashAmid) return;
            }

            run.Drain();
        });
}
