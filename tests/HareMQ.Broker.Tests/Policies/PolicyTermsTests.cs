using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Policies;

public sealed class PolicyTermsTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(5, null, 5)]
    [InlineData(null, 5, 5)]
    [InlineData(5, 6, 5)]
    [InlineData(6, 5, 5)]
    [InlineData(0, 5, 0)]
    public void Of_two_limits_the_lower_one_holds(int? asked, int? policy, int? effective)
    {
        var terms = new PolicyTerms { MessageTtlMs = policy, ExpiresMs = policy, MaxLength = policy, MaxLengthBytes = policy };
        var arguments = new QueueSettings { MessageTtlMs = asked, ExpiresMs = asked, MaxLength = asked, MaxLengthBytes = asked };
        var settings = terms.ApplyTo(arguments);
        Assert.All(
            [settings.MessageTtlMs, settings.ExpiresMs, settings.MaxLength, settings.MaxLengthBytes],
            value => Assert.Equal(effective, value));
    }

    [Theory]
    [InlineData("classic", true, "DropHead")]
    [InlineData("classic", false, "RejectPublish")]
    [InlineData("quorum", true, "RejectPublish")]
    [InlineData("quorum", false, "RejectPublish")]
    public void A_policys_overflow_overrules_the_argument_of_quorum_queues_only(string type, bool asks, string effective)
    {
        var asked = new QueueSettings { Type = type == "quorum" ? QueueType.Quorum : QueueType.Classic, AsksOverflow = asks };
        var settings = new PolicyTerms { Overflow = OverflowPolicy.RejectPublish }.ApplyTo(asked);
        Assert.Equal(effective, settings.Overflow.ToString());
    }

    [Fact]
    public void Each_dead_letter_argument_wins_over_the_policys()
    {
        var terms = new PolicyTerms { DeadLetterExchange = "policy", DeadLetterRoutingKey = "policy" };
        var settings = terms.ApplyTo(new QueueSettings { DeadLetterExchange = "" });
        Assert.Equal(("", "policy"), (settings.DeadLetterExchange, settings.DeadLetterRoutingKey));
    }

    /// <summary>The first column is the argument: null = none, so that quorum queues have 20.</summary>
    [Theory]
    [InlineData(null, null, 20)]
    [InlineData(null, 50, 50)]
    [InlineData(null, -1, null)]
    [InlineData(50, null, 50)]
    [InlineData(50, 60, 50)]
    [InlineData(50, 40, 40)]
    [InlineData(50, -1, 50)]
    [InlineData(-1, 40, 40)]
    [InlineData(-1, null, null)]
    [InlineData(-1, -1, null)]
    public void A_delivery_limit_that_nobody_asked_for_gives_way(int? asked, int? policy, int? effective)
    {
        var settings = new QueueSettings
        {
            Type = QueueType.Quorum,
            DeliveryLimit = asked switch { null => QueueSettings.QuorumDeliveryLimit, < 0 => null, _ => asked },
            AsksDeliveryLimit = asked is not null,
        };
        Assert.Equal(effective, new PolicyTerms { DeliveryLimit = policy }.ApplyTo(settings).DeliveryLimit);
    }

    [Fact]
    public void What_is_fixed_when_a_queue_is_declared_stays()
    {
        var asked = new QueueSettings { MaxPriority = 3, SingleActiveConsumer = true, Type = QueueType.Quorum };
        var settings = new PolicyTerms { MaxLength = 1 }.ApplyTo(asked);
        Assert.Equal(asked with { MaxLength = 1 }, settings);
    }

    [Theory]
    [InlineData("""{"max-length":5}""", """{"max-length":3}""", 3)]
    [InlineData("""{"max-length":3}""", """{"max-length":5}""", 3)]
    [InlineData("""{"max-length":3}""", """{"expires":5}""", 3)]
    [InlineData("""{"expires":3}""", """{"max-length":5}""", 5)]
    public void An_operators_number_and_a_users_become_the_lower_one(string user, string limits, int effective) =>
        Assert.Equal(effective, Merge(user, limits).Terms.MaxLength);

    [Theory]
    [InlineData(-1, 5, 5)]
    [InlineData(5, -1, 5)]
    [InlineData(-1, -1, -1)]
    public void No_delivery_limit_is_not_the_lowest_one(int user, int limit, int effective) => Assert.Equal(
        effective, Merge($$"""{"delivery-limit":{{user}}}""", $$"""{"delivery-limit":{{limit}}}""").Terms.DeliveryLimit);

    [Fact]
    public void An_operators_overflow_is_the_one()
    {
        var merged = Merge("""{"overflow":"drop-head","dead-letter-exchange":"x"}""", """{"overflow":"reject-publish"}""");
        Assert.Equal((OverflowPolicy.RejectPublish, "x"), (merged.Terms.Overflow, merged.Terms.DeadLetterExchange));
        Assert.Equal("reject-publish", merged.Definition["overflow"].GetString());
    }

    private static EffectivePolicy Merge(string user, string limits) => EffectivePolicy.Of(
        PolicyRule.Compile(TestPolicies.User(user), NullLogger.Instance),
        PolicyRule.Compile(TestPolicies.Operator(limits), NullLogger.Instance));
}
