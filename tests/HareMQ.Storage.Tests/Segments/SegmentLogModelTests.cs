using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Storage.Tests;

/// <summary>A log against a plain list: whatever is done in whatever order, both say the same.</summary>
public sealed class SegmentLogModelTests
{
    [Fact]
    public void A_log_does_what_a_list_does() =>
        Check(Prop.ForAll(Seeds(), seed => new LogModel(seed, kill: false).Run(steps: 150)), runs: 150);

    [Fact]
    public void A_log_loses_nothing_when_its_process_is_killed_at_any_moment() =>
        Check(Prop.ForAll(Seeds(), seed => new LogModel(seed, kill: true).Run(steps: 150)), runs: 150);

    private static Arbitrary<int> Seeds() => Arb.From(Gen.Choose(0, int.MaxValue - 1));

    private static void Check(Property property, int runs) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs).WithStartSize(1), property);
}
