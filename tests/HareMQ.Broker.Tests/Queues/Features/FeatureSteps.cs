using FsCheck;
using FsCheck.Fluent;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues.Features;

/// <summary>One thing that is done to a queue. Picks are taken modulo what there is: so a step keeps its sense when others go.</summary>
internal abstract record Step;

/// <summary>The first step: the queue as it is declared.</summary>
internal sealed record Setup(QueueShape Shape) : Step;

/// <summary>One batch.</summary>
internal sealed record Publish(Post[] Posts, bool Confirmed) : Step
{
    public override string ToString() => $"Publish {{ {string.Join(", ", Posts.AsEnumerable())}, Confirmed = {Confirmed} }}";
}

/// <param name="Elsewhere">Goes to another queue: a gap between the records of this one.</param>
internal sealed record Post(byte Priority, bool Persistent, int BodyBytes, int? ExpirationMs, bool Elsewhere);

internal sealed record Consume(int Prefetch, bool AutoAck, int Priority, bool Exclusive) : Step;

internal sealed record Cancel(int Pick) : Step;

internal sealed record Settle(Settlement Settlement, int Pick, int Count) : Step;

internal sealed record Get(bool AutoAck) : Step;

internal sealed record Purge : Step;

internal sealed record Pass(int Milliseconds) : Step;

/// <summary>As a policy would.</summary>
internal sealed record Change(QueueRules Rules) : Step;

/// <param name="IsCrash">Whatever is written by now is found by the next broker, and nothing is put in order before.</param>
internal sealed record Restart(bool IsCrash) : Step;

/// <summary>A crash amid the step, after so many turns. The last step of a history.</summary>
internal sealed record CrashAmid(Step Step, int Turns) : Step;

/// <summary>What is fixed when a queue is declared, and the rules it starts with.</summary>
internal sealed record QueueShape(bool IsQuorum, byte? MaxPriority, bool SingleActive, QueueRules Rules);

/// <summary>What may change while a queue lives.</summary>
internal sealed record QueueRules(
    int? TtlMs, int? MaxLength, int? MaxLengthBytes, OverflowPolicy Overflow, DeadLetterTarget Target, int? DeliveryLimit)
{
    public static QueueRules None { get; } = new(null, null, null, OverflowPolicy.DropHead, DeadLetterTarget.Grave, null);

    public bool Refuses => Overflow != OverflowPolicy.DropHead && (MaxLength is not null || MaxLengthBytes is not null);
}

internal enum DeadLetterTarget
{
    None,
    Grave,

    /// <summary>The queue itself.</summary>
    Self,

    /// <summary>An exchange that there is not.</summary>
    Missing,
}

internal static class FeatureSteps
{
    private const int Standard = QueueSettings.QuorumDeliveryLimit;

    public static Gen<Step[]> Histories { get; } =
        from shape in Shapes()
        from steps in Steps().ArrayOf()
        from end in Gen.Frequency((2, Gen.Constant<Step[]>([])), (1, Amid().Select(step => new Step[] { step })))
        select (Step[])[new Setup(shape), .. steps, .. end];

    private static Gen<QueueShape> Shapes() =>
        from isQuorum in Gen.Elements(true, false, false, false)
        from priority in Optional(2, Gen.Elements<byte>(1, 4))
        from singleActive in Gen.Elements(true, false, false, false)
        from rules in Rules()
        select isQuorum
            ? new QueueShape(true, null, singleActive, rules with { DeliveryLimit = rules.DeliveryLimit ?? Standard })
            : new QueueShape(false, priority, singleActive, rules);

    // A queue that is its own grave and refuses would try for ever to give itself a message that it has no room for.
    private static Gen<QueueRules> Rules() =>
        from ttl in Optional(2, Gen.Elements(0, 40, 300))
        from length in Optional(1, Gen.Choose(0, 4))
        from bytes in Optional(3, Gen.Elements(0, 40, 200))
        from overflow in Gen.Frequency(
            (2, Gen.Constant(OverflowPolicy.DropHead)),
            (2, Gen.Elements(OverflowPolicy.RejectPublish, OverflowPolicy.RejectPublishDlx)))
        from target in Gen.Frequency(
            (6, Gen.Constant(DeadLetterTarget.Grave)),
            (3, Gen.Constant(overflow == OverflowPolicy.DropHead ? DeadLetterTarget.Self : DeadLetterTarget.Grave)),
            (1, Gen.Elements(DeadLetterTarget.None, DeadLetterTarget.Missing)))
        from limit in Optional(1, Gen.Choose(0, 2))
        select new QueueRules(ttl, length, bytes, overflow, target, limit);

    private static Gen<Step> Steps() => Gen.Frequency<Step>(
        (30, Publishes()),
        (40, Settles()),
        (10, Gen.Elements(true, false).Select(autoAck => (Step)new Get(autoAck))),
        (10, from prefetch in Gen.Choose(0, 3)
             from autoAck in Gen.Elements(true, false, false, false)
             from priority in Gen.Choose(0, 1)
             from exclusive in Gen.Frequency((1, Gen.Constant(true)), (5, Gen.Constant(false)))
             select (Step)new Consume(prefetch, autoAck, priority, exclusive)),
        (5, Gen.Choose(0, 100).Select(pick => (Step)new Cancel(pick))),
        (1, Gen.Constant((Step)new Purge())),
        (12, Passes()),
        (5, Rules().Select(rules => (Step)new Change(rules))),
        (3, Gen.Elements(true, false).Select(isCrash => (Step)new Restart(isCrash))));

    private static Gen<Step> Amid() =>
        from step in Gen.OneOf(Publishes(), Settles(), Settles(), Passes())
        from turns in Gen.Choose(0, 6)
        select (Step)new CrashAmid(step, turns);

    private static Gen<Step> Publishes() =>
        from posts in Gen.Choose(1, 6).SelectMany(count => Posts().ArrayOf(count))
        from confirmed in Gen.Elements(true, false)
        select (Step)new Publish(posts, confirmed);

    private static Gen<Post> Posts() =>
        from priority in Gen.Choose(0, 6)
        from persistent in Gen.Elements(true, true, false)
        from bodyBytes in Gen.Elements(8, 8, 20, 100, 700)
        from expiration in Optional(3, Gen.Elements(0, 30, 200))
        from elsewhere in Gen.Elements(true, false, false, false, false)
        select new Post((byte)priority, persistent, bodyBytes, expiration, elsewhere);

    private static Gen<Step> Settles() =>
        from settlement in Gen.Elements(Settlement.Acknowledge, Settlement.Requeue, Settlement.Requeue, Settlement.Discard)
        from pick in Gen.Choose(0, 100)
        from count in Gen.Choose(1, 4)
        select (Step)new Settle(settlement, pick, count);

    private static Gen<Step> Passes() => Gen.Choose(1, 250).Select(milliseconds => (Step)new Pass(milliseconds));

    /// <summary>Null so many times as often as a value.</summary>
    private static Gen<T?> Optional<T>(int nulls, Gen<T> values)
        where T : struct =>
        Gen.Frequency((nulls, Gen.Constant<T?>(null)), (1, values.Select(value => (T?)value)));
}
