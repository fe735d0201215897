using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Perf.Tests;

/// <summary>Pacing is a function of elapsed time: the tests say what time it is.</summary>
public sealed class RatePlanTests
{
    private const long Second = Clock.NanosecondsPerSecond;
    private const long Tick = RatePlan.TickNanoseconds;

    [Fact]
    public void A_steady_rate_is_due_evenly()
    {
        var plan = Plan((1000, 10));
        Assert.Equal(0, plan.DueAfter(Second / 1000 - 1));
        Assert.Equal(1, plan.DueAfter(Second / 1000));
        Assert.Equal(500, plan.DueAfter(Second / 2));
        Assert.Equal(10_000, plan.DueAfter(10 * Second));
    }

    [Fact]
    public void Nothing_is_due_before_the_start() => Assert.Equal(0, Plan((1_000_000, 1)).DueAfter(-Second));

    [Fact]
    public void Steps_follow_each_other()
    {
        var plan = Plan((100, 1), (0, 2), (1000, 1));
        Assert.Equal(100, plan.DueAfter(Second));
        Assert.Equal(100, plan.DueAfter(3 * Second));
        Assert.Equal(1100, plan.DueAfter(4 * Second));
        Assert.Equal(4 * Second, plan.DurationNanoseconds);
        Assert.InRange(plan.DueTime(100), 3 * Second, (3 * Second) + (2 * Second / 1000));
    }

    [Fact]
    public void The_last_rate_goes_on_after_its_end() => Assert.Equal(300, Plan((100, 1)).DueAfter(3 * Second));

    [Fact]
    public void A_plan_that_ends_in_a_pause_never_comes_to_the_next_message() =>
        Assert.Equal(long.MaxValue, Plan((10, 1), (0, 1)).DueTime(10));

    [Fact]
    public void A_message_is_due_at_its_due_time_and_not_a_tick_earlier() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Steps(), Indexes(), (steps, index) =>
        {
            var plan = new RatePlan(steps);
            var due = plan.DueTime(index);
            Assert.True(plan.DueAfter(due) >= index + 1);
            Assert.True(due == 0 || plan.DueAfter(due - Tick) < index + 1);
        }));

    [Fact]
    public void Publishers_share_every_message_once() =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Steps(), Indexes(), (steps, ticks) =>
        {
            var plan = new RatePlan(steps);
            var elapsed = ticks * Tick / 8;
            for (var publishers = 1; publishers <= 7; publishers++)
            {
                var count = publishers;
                var paces = Enumerable.Range(0, count).Select(publisher => new PublisherPace(plan, publisher, count)).ToArray();
                Assert.Equal(plan.DueAfter(elapsed), paces.Sum(pace => pace.DueAfter(elapsed)));
                foreach (var pace in paces) Assert.True(pace.DueAfter(pace.DueTime(3)) > 3);
            }
        }));

    [Fact]
    public void A_publisher_that_was_held_up_sends_all_that_is_overdue_with_the_times_it_was_due()
    {
        var pace = new PublisherPace(Plan((1000, 60)), publisher: 0, publishers: 2);
        const long HeldUpUntil = 30 * Second;
        Assert.Equal(15_000, pace.DueAfter(HeldUpUntil));
        Assert.Equal(Second / 1000, pace.DueTime(0));
        Assert.InRange(HeldUpUntil - pace.DueTime(14_999), 0, 2 * Second / 1000);
    }

    private static RatePlan Plan(params (double Rate, double Seconds)[] steps) =>
        new([.. steps.Select(step => new RateStep(step.Rate, TimeSpan.FromSeconds(step.Seconds)))]);

    private static Arbitrary<RateStep[]> Steps()
    {
        var step = Gen.Choose(1, 2_000_000)
            .SelectMany(rate => Gen.Choose(1, 5000), (rate, milliseconds) =>
                new RateStep(rate / 3.0, TimeSpan.FromMilliseconds(milliseconds)));
        return Arb.From(step.NonEmptyListOf().Select(list => list.ToArray()));
    }

    private static Arbitrary<int> Indexes() => Arb.From(Gen.Choose(0, 10_000_000));
}
