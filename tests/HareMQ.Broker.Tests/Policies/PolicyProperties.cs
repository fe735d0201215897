using HareMQ.Broker.Policies;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Policies;

/// <summary>Random policies, declarations and restarts: every queue and exchange has what the naive model says it has.</summary>
public sealed class PolicyProperties
{
    private static readonly string[] s_targets = ["all", "queues", "classic_queues", "quorum_queues", "exchanges"];
    private static readonly string[] s_patterns = ["", "a", "^a", "b$", "^(?!a)", "[ab]", "^.$"];
    private static readonly string[] s_names = ["a", "b", "ab", "ba", "c"];
    private static readonly string[] s_overflows = ["drop-head", "reject-publish", "reject-publish-dlx"];

    private readonly NaivePolicies _model = new();
    private readonly Dictionary<string, Dictionary<string, object>> _queues = [];
    private readonly HashSet<string> _exchanges = [];
    private LifeBroker _broker = null!;
    private int _policiesSeen;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Everything_has_what_the_naive_model_says(int seed)
    {
        var random = new Random(seed);
        _broker = await LifeBroker.StartAsync();
        await using (_broker)
        {
            for (var step = 0; step < 400; step++)
            {
                await ChangeAsync(random);
                _broker.Run();
                Compare($"seed {seed}, step {step}");
            }
        }

        Assert.True(_policiesSeen > 500, $"only {_policiesSeen} policies were ever in effect");
    }

    private async Task ChangeAsync(Random random)
    {
        var name = Pick(random, s_names);
        switch (random.Next(20))
        {
            case < 8:
                var policy = RandomPolicy(random, name);
                _model.Put(policy);
                Assert.True(await _broker.Core.PutPolicyAsync(policy.ToPolicy()));
                break;
            case < 11:
                var kind = (PolicyKind)random.Next(2);
                Assert.Equal(_model.Delete(kind, name), await _broker.Core.DeletePolicyAsync(kind, "/", name));
                break;
            case < 15 when !_queues.ContainsKey(name):
                var arguments = _queues[name] = RandomArguments(random);
                await _broker.DeclareAsync(name, [.. arguments.Select(argument => (argument.Key, argument.Value))]);
                break;
            case 15 when _queues.Remove(name):
                var deleting = _broker.VirtualHost.DeleteQueueAsync(_broker.Queue(name), ifUnused: false, ifEmpty: false);
                _broker.Run();
                await deleting;
                break;
            case 16 or 17 when _exchanges.Add(name):
                await _broker.VirtualHost.DeclareExchangeAsync(
                    name, "fanout", durable: true, autoDelete: false, isInternal: false, FieldTable.Empty);
                break;
            case 18 when random.Next(4) == 0:
                await _broker.RestartAsync();
                break;
        }
    }

    private void Compare(string where)
    {
        foreach (var (name, arguments) in _queues)
        {
            var queue = _broker.Queue(name);
            var expected = _model.Of(name, arguments.ContainsKey("x-queue-type"), arguments);
            Assert.True(
                expected == (queue.Policy.User?.Name, queue.Policy.Operator?.Name, NaivePolicies.Describe(queue.Settings)),
                $"{where}: queue '{name}' has {queue.Settings} by {queue.Policy.User} and {queue.Policy.Operator}, not {expected}");
            if (expected.User is not null || expected.Operator is not null) _policiesSeen++;
        }

        foreach (var name in _exchanges)
        {
            var (alternate, expected) = (_broker.VirtualHost.GetExchange(name).AlternateExchange, _model.AlternateOf(name));
            Assert.True(alternate == expected, $"{where}: exchange '{name}' has '{alternate}', not '{expected}'");
        }
    }

    private static NaivePolicy RandomPolicy(Random random, string name)
    {
        var kind = random.Next(3) == 0 ? PolicyKind.Operator : PolicyKind.User;
        var values = new Dictionary<string, object>();
        if (random.Next(2) == 0) values["message-ttl"] = random.NextInt64(1000);
        if (random.Next(2) == 0) values["max-length"] = random.NextInt64(10);
        if (random.Next(3) == 0) values["overflow"] = Pick(random, s_overflows);
        if (random.Next(4) == 0) values["delivery-limit"] = random.NextInt64(50);
        if (kind == PolicyKind.User && random.Next(3) == 0) values["dead-letter-exchange"] = Pick(random, s_names);
        if (kind == PolicyKind.User && random.Next(2) == 0) values["alternate-exchange"] = Pick(random, s_names);
        if (values.Count == 0) values["message-ttl"] = 0L;
        var targets = kind == PolicyKind.User ? s_targets : s_targets[..^1];
        return new NaivePolicy(kind, name, Pick(random, s_patterns), Pick(random, targets), random.Next(3), values);
    }

    private static Dictionary<string, object> RandomArguments(Random random)
    {
        var arguments = new Dictionary<string, object>();
        if (random.Next(2) == 0) arguments["x-queue-type"] = "quorum";
        if (random.Next(3) == 0) arguments["x-message-ttl"] = random.Next(1000);
        if (random.Next(3) == 0) arguments["x-max-length"] = random.Next(10);
        if (random.Next(3) == 0) arguments["x-overflow"] = Pick(random, s_overflows);
        if (random.Next(3) == 0) arguments["x-dead-letter-exchange"] = Pick(random, s_names);
        if (random.Next(3) == 0) arguments["x-delivery-limit"] = random.Next(50);
        return arguments;
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
