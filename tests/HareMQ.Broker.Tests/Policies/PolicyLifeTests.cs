using HareMQ.Broker.Definitions;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Policies;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Policies;

/// <summary>Policies that come and go while queues and exchanges live.</summary>
public sealed class PolicyLifeTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_limit_drops_what_is_above_it_and_goes_with_its_policy()
    {
        await _broker.DeclareAsync("q");
        foreach (var text in (string[])["1", "2", "3"]) _broker.Publish("q", text);
        await PutAsync(TestPolicies.User("""{"max-length":2}"""));
        Assert.Equal(2, _broker.Queue("q").ReadyCount);
        Assert.True(await _broker.Core.DeletePolicyAsync(PolicyKind.User, "/", "p"));
        _broker.Publish("q", "4");
        Assert.Equal(["2", "3", "4"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_time_to_live_counts_for_what_is_there()
    {
        await _broker.DeclareAsync("q");
        _broker.Publish("q", "old");
        _broker.Advance(500);
        await PutAsync(TestPolicies.User("""{"message-ttl":1000}"""));
        _broker.Publish("q", "new");
        _broker.Advance(600);
        Assert.Equal(["new"], await _broker.TakeAllAsync("q"));
    }

    [Fact]
    public async Task A_queue_expires_by_policy_and_its_time_begins_with_the_policy()
    {
        await _broker.DeclareAsync("q");
        _broker.Advance(5000);
        await PutAsync(TestPolicies.User("""{"expires":1000}"""));
        _broker.Advance(900);
        Assert.True(_broker.VirtualHost.TryGetQueue("q", out _));
        _broker.Advance(200);
        Assert.False(_broker.VirtualHost.TryGetQueue("q", out _));
    }

    [Fact]
    public async Task Dead_letters_go_where_the_policy_of_the_moment_says()
    {
        await _broker.DeclareAsync("grave");
        await _broker.DeclareAsync("q");
        var policy = TestPolicies.User("""{"dead-letter-exchange":"","dead-letter-routing-key":"grave"}""", pattern: "^q$");
        await PutAsync(policy);
        _broker.Publish("q", "1");
        _broker.Settle(Settlement.Discard, (await _broker.GetAsync("q"))!);
        await _broker.UntilAsync(() => _broker.Queue("grave").ReadyCount == 1);
        await _broker.Core.DeletePolicyAsync(PolicyKind.User, "/", "p");
        _broker.Publish("q", "2");
        _broker.Settle(Settlement.Discard, (await _broker.GetAsync("q"))!);
        Assert.Equal(["1"], await _broker.TakeAllAsync("grave"));
    }

    [Fact]
    public async Task An_alternate_exchange_by_policy_yields_to_the_argument()
    {
        var table = new FieldTableBuilder();
        table.Add("alternate-exchange", FieldValue.FromString("amq.direct"));
        var (host, arguments) = (_broker.VirtualHost, table.ToTable());
        var before = await DeclareExchangeAsync("before", FieldTable.Empty);
        var version = host.Topology.Version;
        await PutAsync(TestPolicies.User("""{"alternate-exchange":"amq.fanout"}""", applyTo: PolicyTarget.Exchanges));
        Assert.NotEqual(version, host.Topology.Version);
        var after = await DeclareExchangeAsync("after", FieldTable.Empty);
        var argued = await DeclareExchangeAsync("argued", arguments);
        Assert.Equal(
            ("amq.fanout", "amq.fanout", "amq.direct"), (before.AlternateExchange, after.AlternateExchange, argued.AlternateExchange));
        Assert.Equal("amq.fanout", host.GetExchange("amq.topic").AlternateExchange);
        Assert.Null(host.Topology.Default.AlternateExchange);
        await _broker.RestartAsync();
        host = _broker.VirtualHost;
        Assert.Equal(
            ["amq.fanout", "amq.direct", "amq.fanout"],
            ((string[])["after", "argued", "amq.topic"]).Select(name => host.GetExchange(name).AlternateExchange!));
        await _broker.Core.DeletePolicyAsync(PolicyKind.User, "/", "p");
        Assert.Null(host.GetExchange("after").AlternateExchange);
        Assert.Equal("amq.direct", host.GetExchange("argued").AlternateExchange);
    }

    [Fact]
    public async Task A_refused_policy_changes_nothing()
    {
        var queue = await _broker.DeclareAsync("q");
        await PutAsync(TestPolicies.User("""{"max-length":2}"""));
        await Assert.ThrowsAsync<InvalidDefinitionException>(() => _broker.Core.PutPolicyAsync(TestPolicies.User("""{"max-length":-1}""")));
        Assert.Equal(2, queue.Settings.MaxLength);
        Assert.False(await _broker.Core.PutPolicyAsync(TestPolicies.User("""{"max-length":1}""") with { VirtualHost = "none" }));
        Assert.False(await _broker.Core.DeletePolicyAsync(PolicyKind.Operator, "/", "p"));
        Assert.False(await _broker.Core.DeletePolicyAsync(PolicyKind.User, "none", "p"));
    }

    [Fact]
    public async Task Policies_go_with_their_virtual_host()
    {
        var policy = TestPolicies.User("""{"max-length":2}""") with { VirtualHost = "other" };
        await _broker.Core.AddVirtualHostAsync("other");
        await _broker.Core.PutPolicyAsync(policy);
        await _broker.Core.DeleteVirtualHostAsync("other");
        await _broker.Core.AddVirtualHostAsync("other");
        await AssertNoneAsync();
        await _broker.RestartAsync();
        await AssertNoneAsync();

        async Task AssertNoneAsync()
        {
            Assert.True(_broker.Core.TryGetVirtualHost("other", out var other));
            Assert.Empty(other.ListPolicies(PolicyKind.User));
            var queue = await other.DeclareQueueAsync(TestMessages.Declaration());
            Assert.Null(queue.Settings.MaxLength);
        }
    }

    [Fact]
    public async Task The_values_of_a_policy_are_what_they_were_after_a_restart()
    {
        const string definition = """{"message-ttl":1,"overflow":"drop-head","ha-params":["a",1,true]}""";
        await PutAsync(TestPolicies.User(definition, priority: -3, applyTo: PolicyTarget.ClassicQueues));
        await PutAsync(TestPolicies.Operator("""{"expires":7}"""));
        await _broker.RestartAsync();
        var policy = Assert.Single(_broker.VirtualHost.ListPolicies(PolicyKind.User));
        Assert.Equal(("p", "", PolicyTarget.ClassicQueues, -3), (policy.Name, policy.Pattern, policy.ApplyTo, policy.Priority));
        Assert.Equal(["1", "\"drop-head\"", "[\"a\",1,true]"], policy.Definition.Values.Select(value => value.GetRawText()));
        Assert.Equal(7, Assert.Single(_broker.VirtualHost.ListPolicies(PolicyKind.Operator)).Definition["expires"].GetInt32());
    }

    [Fact]
    public async Task A_queue_that_is_declared_while_a_policy_is_put_does_not_miss_it()
    {
        for (var round = 0; round < 200; round++)
        {
            var name = $"q{round}";
            var putting = Task.Run(() => _broker.Core.PutPolicyAsync(TestPolicies.User($$"""{"max-length":{{round}}}""")));
            var queue = await Task.Run(() => _broker.DeclareAsync(name));
            await putting;
            Assert.Equal(round, queue.Settings.MaxLength);
        }
    }

    /// <summary>Another queue of the batch refuses already, so that the batch keeps track of some messages, but not of this one.</summary>
    [Fact]
    public async Task A_message_on_its_way_while_its_queue_begins_to_refuse_is_stored()
    {
        var log = new LastTicket();
        var late = await _broker.DeclareAsync("late");
        var refusing = await _broker.DeclareAsync("refusing", ("x-max-length", 1), ("x-overflow", "reject-publish"));
        var batch = PublishBatch.Rent(new BatchOwner());
        _broker.Add(batch, late, "1");
        batch.AddConfirm(log, 1);
        _broker.Add(batch, refusing, "2");
        batch.AddConfirm(log, 2);
        await PutAsync(TestPolicies.User("""{"max-length":0,"overflow":"reject-publish"}""", pattern: "^late"));
        batch.Dispatch(runInline: true);
        await _broker.UntilAsync(() => log.Ticket is not null);
        Assert.False(log.Ticket!.Refused);
        Assert.Null(log.Ticket.RefusedSequences);
        Assert.Equal((1L, 1L), (late.ReadyCount, refusing.ReadyCount));
    }

    [Fact]
    public async Task A_message_that_is_routed_once_the_policy_is_put_is_refused()
    {
        var log = new LastTicket();
        var queue = await _broker.DeclareAsync("q");
        await _broker.Core.PutPolicyAsync(TestPolicies.User("""{"max-length":0,"overflow":"reject-publish"}"""));
        // The queue has not had its turn yet.
        Assert.True(queue.MayRefuse);
        var batch = PublishBatch.Rent(new BatchOwner());
        _broker.Add(batch, queue, "1");
        batch.AddConfirm(log, 1);
        batch.Dispatch(runInline: true);
        await _broker.UntilAsync(() => log.Ticket is not null);
        Assert.Equal([1], log.Ticket!.RefusedSequences!);
        Assert.Equal(0, queue.ReadyCount);
    }

    private async Task<Exchange> DeclareExchangeAsync(string name, FieldTable arguments) => await _broker.VirtualHost.DeclareExchangeAsync(
        name, "direct", durable: true, autoDelete: false, isInternal: false, arguments);

    private async Task PutAsync(Policy policy)
    {
        Assert.True(await _broker.Core.PutPolicyAsync(policy));
        _broker.Run();
    }

    private sealed class LastTicket : IConfirmSink
    {
        private ConfirmTicket? _ticket;

        public ConfirmTicket? Ticket => Volatile.Read(ref _ticket);

        public void Complete(ConfirmTicket ticket) => Volatile.Write(ref _ticket, ticket);
    }
}
