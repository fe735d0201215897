using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Administration;

/// <summary>What the administrator hears; tools match these texts.</summary>
public abstract class PolicyRefusals(BrokerFixture broker) : PolicyTest(broker)
{
    [Theory]
    [InlineData("{}", "no policy provided")]
    [InlineData("""{"message-ttl":-1}""", "-1 is not a valid message TTL")]
    [InlineData("""{"expires":0}""", "0 is not a valid queue expiry")]
    [InlineData("""{"max-length":"5"}""", "<<\"5\">> is not a valid maximum length")]
    [InlineData("""{"overflow":"spill"}""", "<<\"spill\">> is not a valid overflow value")]
    [InlineData("""{"alternate-exchange":1}""", "1 is not a valid alternate exchange name")]
    [InlineData("""{"max-priority":3}""", "[{<<\"max-priority\">>,3}] are not recognised policy settings")]
    [InlineData("""{"no-such-key":"x"}""", "[{<<\"no-such-key\">>,<<\"x\">>}] are not recognised policy settings")]
    public async Task Invalid_definition_is_refused(string definition, string text) =>
        Assert.Contains(text, await RefusalAsync(new BrokerPolicy("refused", "^nothing$", definition)));

    [Fact]
    public async Task Operator_policy_cannot_set_a_dead_letter_exchange() => Assert.Contains(
        "[{<<\"dead-letter-exchange\">>,<<\"x\">>}] are not recognised policy settings",
        await RefusalAsync(new BrokerPolicy("refused", "^nothing$", """{"dead-letter-exchange":"x"}""") { IsOperator = true }));

    [Fact]
    public async Task Invalid_pattern_is_refused() => Assert.Contains(
        "pattern should be regular expression but is invalid: ",
        await RefusalAsync(new BrokerPolicy("refused", "(", """{"max-length":1}""")));

    [Fact]
    public async Task Unknown_target_is_refused() => Assert.Contains(
        "apply-to 'bananas' unrecognised; should be",
        await RefusalAsync(new BrokerPolicy("refused", "^nothing$", """{"max-length":1}""") { ApplyTo = "bananas" }));

    [Fact]
    public async Task Settings_of_mirrored_queues_are_accepted() =>
        await SetAsync(new BrokerPolicy("mirrors", "^nothing$", """{"ha-mode":"exactly","ha-params":2,"ha-sync-mode":"automatic"}"""));

    private async Task<string> RefusalAsync(BrokerPolicy policy) =>
        (await Assert.ThrowsAsync<AdministrationException>(() => Administration.SetPolicyAsync(policy))).Message;
}

public sealed class PolicyRefusalsOnRabbitMq(RabbitMqFixture broker) : PolicyRefusals(broker);

public sealed class PolicyRefusalsOnHareMq(HareMqFixture broker) : PolicyRefusals(broker);
