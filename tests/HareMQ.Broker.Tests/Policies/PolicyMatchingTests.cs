using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Policies;

public sealed class PolicyMatchingTests
{
    private const string Limit = """{"max-length":1}""";

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("b", "abc", true)]
    [InlineData("^b", "abc", false)]
    [InlineData("^(?!amq\\.).*", "mine", true)]
    [InlineData("^(?!amq\\.).*", "amq.gen-1", false)]
    [InlineData("(.)\\1", "hello", true)]
    [InlineData("^A", "a", false)]
    public void A_pattern_is_searched_for(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Compile(TestPolicies.User(Limit, pattern: pattern)).IsForQueue(name, QueueType.Classic));

    [Fact]
    public void A_pattern_that_tries_for_ever_does_not_match() =>
        Assert.False(Compile(TestPolicies.User(Limit, pattern: "^(?=(a+)+$)b")).IsForQueue(new string('a', 40) + "!", QueueType.Classic));

    [Theory]
    [InlineData("all", true, true, true)]
    [InlineData("queues", true, true, false)]
    [InlineData("classic_queues", true, false, false)]
    [InlineData("quorum_queues", false, true, false)]
    [InlineData("streams", false, false, false)]
    [InlineData("exchanges", false, false, true)]
    public void A_target_says_what_a_policy_is_for(string target, bool classic, bool quorum, bool exchange)
    {
        var rule = Compile(TestPolicies.User(Limit, applyTo: PolicyTargets.Parse(target)));
        Assert.Equal(
            (classic, quorum, exchange),
            (rule.IsForQueue("q", QueueType.Classic), rule.IsForQueue("q", QueueType.Quorum), rule.IsForExchange("q")));
    }

    [Theory]
    [InlineData("""{"max-length":1,"delivery-limit":3}""", "queues", false, true)]
    [InlineData("""{"max-length":1,"delivery-limit":3}""", "classic_queues", true, false)]
    [InlineData("""{"max-length":1,"dead-letter-strategy":"at-least-once"}""", "all", false, true)]
    [InlineData("""{"max-length":1,"queue-mode":"lazy"}""", "queues", true, false)]
    [InlineData("""{"max-length":1,"ha-mode":"all"}""", "queues", true, false)]
    public void A_policy_that_says_what_a_type_does_not_know_is_not_for_it(string definition, string target, bool classic, bool quorum)
    {
        var rule = Compile(TestPolicies.User(definition, applyTo: PolicyTargets.Parse(target)));
        Assert.Equal((classic, quorum), (rule.IsForQueue("q", QueueType.Classic), rule.IsForQueue("q", QueueType.Quorum)));
    }

    [Fact]
    public void The_highest_priority_counts_and_of_equals_the_first_by_name()
    {
        var table = PolicyTable.Empty;
        foreach (var policy in (Policy[])
        [
            TestPolicies.User(Limit, "b", priority: 1), TestPolicies.User(Limit, "a", priority: 1),
            TestPolicies.User(Limit, "c", priority: 2),
            TestPolicies.User(Limit, "d", pattern: "^other", priority: 9), TestPolicies.User(Limit, "e", priority: -1),
        ])
        {
            table = table.With(Compile(policy));
        }

        Assert.Equal(["d", "c", "a", "b", "e"], table.List(PolicyKind.User).Select(policy => policy.Name));
        Assert.Equal("c", table.ForQueue("q", QueueType.Classic).User!.Name);
        Assert.Equal("a", table.Without(PolicyKind.User, "c").ForQueue("q", QueueType.Classic).User!.Name);
        Assert.Equal("d", table.ForQueue("other", QueueType.Classic).User!.Name);
    }

    private static PolicyRule Compile(Policy policy) => PolicyRule.Compile(policy, NullLogger.Instance);
}
