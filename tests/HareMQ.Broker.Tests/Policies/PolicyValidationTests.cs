using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Policies;

public sealed class PolicyValidationTests
{
    [Theory]
    [InlineData("{}", "no policy provided")]
    [InlineData("""{"message-ttl":-1}""", "-1 is not a valid message TTL")]
    [InlineData("""{"message-ttl":1.5}""", "1.5 is not a valid message TTL")]
    [InlineData("""{"message-ttl":315360000001}""", "315360000001 is not a valid message TTL: the highest is 315360000000")]
    [InlineData("""{"message-ttl":99999999999999999999}""", "99999999999999999999 is not a valid message TTL")]
    [InlineData("""{"expires":0}""", "0 is not a valid queue expiry")]
    [InlineData("""{"max-length":"5"}""", "<<\"5\">> is not a valid maximum length")]
    [InlineData("""{"max-length-bytes":null}""", "null is not a valid maximum length in bytes")]
    [InlineData("""{"overflow":"spill"}""", "<<\"spill\">> is not a valid overflow value")]
    [InlineData("""{"overflow":1}""", "1 is not a valid overflow value")]
    [InlineData("""{"delivery-limit":-2}""", "-2 is not a valid delivery limit")]
    [InlineData("""{"consumer-timeout":-1}""", "-1 is not a valid consumer timeout")]
    [InlineData("""{"alternate-exchange":["a",true]}""", "[<<\"a\">>,true] is not a valid alternate exchange name")]
    [InlineData("""{"dead-letter-exchange":{"a":1,"b":[]}}""",
        "#{<<\"a\">> => 1,<<\"b\">> => []} is not a valid dead letter exchange name")]
    [InlineData("""{"dead-letter-routing-key":1}""", "1 is not a valid dead letter routing key")]
    [InlineData("""{"queue-mode":"odd"}""", "<<\"odd\">> is not a valid queue-mode value")]
    [InlineData("""{"queue-version":3}""", "3 is not a valid queue-version value: the highest is 2")]
    [InlineData("""{"message-tll":1}""", "[{<<\"message-tll\">>,1}] are not recognised policy settings; did you mean message-ttl?")]
    [InlineData("""{"colour":"red"}""", "[{<<\"colour\">>,<<\"red\">>}] are not recognised policy settings")]
    [InlineData("""{"federation-upstream-set":"all"}""",
        "[{<<\"federation-upstream-set\">>,<<\"all\">>}] are not recognised policy settings")]
    [InlineData("""{"max-priority":3}""",
        "[{<<\"max-priority\">>,3}] are not recognised policy settings: max-priority is fixed when a queue is declared")]
    public void What_a_policy_cannot_say_is_refused_in_the_words_of_RabbitMQ(string definition, string text) =>
        Assert.Equal(text, Refusal(TestPolicies.User(definition)));

    [Theory]
    [InlineData("""{"message-ttl":0,"expires":1,"max-length":0,"max-length-bytes":0}""")]
    [InlineData("""{"overflow":"reject-publish-dlx","delivery-limit":-1}""")]
    [InlineData("""{"dead-letter-exchange":"","dead-letter-routing-key":"","alternate-exchange":"","consumer-timeout":1}""")]
    [InlineData("""{"queue-mode":"lazy","queue-version":2,"dead-letter-strategy":"at-least-once"}""")]
    [InlineData("""{"ha-mode":"nodes","ha-params":["a@b"],"ha-sync-mode":"automatic","queue-master-locator":"random"}""")]
    public void What_a_policy_can_say_is_accepted(string definition) =>
        PolicyRule.Compile(TestPolicies.User(definition), NullLogger.Instance);

    [Theory]
    [InlineData("""{"alternate-exchange":"x"}""",
        "[{<<\"alternate-exchange\">>,<<\"x\">>}] are not recognised policy settings: an operator policy cannot set alternate-exchange")]
    [InlineData("""{"ha-mode":"all"}""",
        "[{<<\"ha-mode\">>,<<\"all\">>}] are not recognised policy settings: an operator policy cannot set ha-mode")]
    [InlineData("""{"max-lenght":1}""", "[{<<\"max-lenght\">>,1}] are not recognised policy settings; did you mean max-length?")]
    public void An_operator_policy_sets_limits_only(string definition, string text) =>
        Assert.Equal(text, Refusal(TestPolicies.Operator(definition)));

    [Theory]
    [InlineData("""{"expires":1,"message-ttl":1,"max-length":1,"max-length-bytes":1,"delivery-limit":1,"overflow":"reject-publish"}""")]
    public void An_operator_policy_sets_every_limit(string definition) =>
        PolicyRule.Compile(TestPolicies.Operator(definition), NullLogger.Instance);

    [Fact]
    public void A_routing_key_that_no_publish_could_carry_is_refused() =>
        Assert.EndsWith("is not a valid dead letter routing key",
            Refusal(TestPolicies.User($$"""{"dead-letter-routing-key":"{{new string('ä', 128)}}"}""")));

    [Fact]
    public void A_pattern_that_is_no_regular_expression_is_refused() => Assert.StartsWith(
        "pattern should be regular expression but is invalid: ", Refusal(TestPolicies.User("""{"max-length":1}""", pattern: "(")));

    [Fact]
    public void An_operator_policy_is_not_for_exchanges() => Assert.StartsWith(
        "apply-to 'exchanges' unrecognised", Refusal(TestPolicies.Operator("""{"max-length":1}""", applyTo: PolicyTarget.Exchanges)));

    [Fact]
    public void An_unknown_target_is_refused() => Assert.Equal(
        "apply-to 'bananas' unrecognised; should be one of: 'queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', or 'all'",
        Assert.Throws<InvalidDefinitionException>(() => PolicyTargets.Parse("bananas")).Message);

    [Theory]
    [InlineData("[1]", "definition must be a dictionary: [1]")]
    [InlineData("""{"expires":1,"expires":2}""", "[<<\"expires\">>] duplicate keys not allowed")]
    public void A_definition_is_a_dictionary(string json, string text) =>
        Assert.Equal(text, Assert.Throws<InvalidDefinitionException>(() => PolicyDefinition.Parse(json)).Message);

    [Fact]
    public void A_definition_is_json() => Assert.StartsWith(
        "Could not parse JSON document: ", Assert.Throws<InvalidDefinitionException>(() => PolicyDefinition.Parse("{")).Message);

    private static string Refusal(Policy policy) =>
        Assert.Throws<InvalidDefinitionException>(() => PolicyRule.Compile(policy, NullLogger.Instance)).Message;
}
