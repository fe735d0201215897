using System.Text.Json;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Policies;

namespace HareMQ.Broker.Tests.Definitions;

/// <summary>These lines are in data directories: what is here may grow, never change.</summary>
public sealed class GoldenDefinitionTests
{
    private static readonly (Definition Definition, string Line)[] s_golden =
    [
        (new VirtualHostPut("/"), """{"is":"vhost","name":"/"}"""),
        (new VirtualHostPut("v", "text", ["a", "b"], "quorum"),
            """{"is":"vhost","name":"v","description":"text","tags":["a","b"],"defaultQueueType":"quorum"}"""),
        (new VirtualHostPut("p", ProtectedFromDeletion: true), """{"is":"vhost","name":"p","protectedFromDeletion":true}"""),
        (new VirtualHostGone("/"), """{"is":"vhost-gone","name":"/"}"""),
        (new UserPut("bob", "aGFzaA==", "sha256", ["administrator", "x"]),
            """{"is":"user","name":"bob","passwordHash":"aGFzaA==","hashingAlgorithm":"sha256","tags":["administrator","x"]}"""),
        (new UserGone("bob"), """{"is":"user-gone","name":"bob"}"""),
        (new PermissionPut("bob", "/", "a", "b", "c"),
            """{"is":"permission","user":"bob","virtualHost":"/","configure":"a","write":"b","read":"c"}"""),
        (new PermissionGone("bob", "/"), """{"is":"permission-gone","user":"bob","virtualHost":"/"}"""),
        (new TopicPermissionPut("bob", "/", "e", "a", "b"),
            """{"is":"topic-permission","user":"bob","virtualHost":"/","exchange":"e","write":"a","read":"b"}"""),
        (new TopicPermissionGone("bob", "/", null), """{"is":"topic-permission-gone","user":"bob","virtualHost":"/","exchange":null}"""),
        (new VirtualHostLimitsPut("/", 10, null), """{"is":"vhost-limits","virtualHost":"/","maxConnections":10,"maxQueues":null}"""),
        (new UserLimitsPut("bob", null, -1), """{"is":"user-limits","user":"bob","maxConnections":null,"maxChannels":-1}"""),
        (new PolicyPut("/", "p", "^q", "queues", -1, Values("""{"message-ttl":1,"overflow":"drop-head","ha-params":["a"],"x":true}""")),
            """{"is":"policy","virtualHost":"/","name":"p","pattern":"^q","applyTo":"queues","priority":-1,"definition":"""
            + """{"message-ttl":1,"overflow":"drop-head","ha-params":["a"],"x":true}}"""),
        (new PolicyGone("/", "p"), """{"is":"policy-gone","virtualHost":"/","name":"p"}"""),
        (new OperatorPolicyPut("/", "p", "", "all", 0, Values("""{"expires":1}""")),
            """{"is":"operator-policy","virtualHost":"/","name":"p","pattern":"","applyTo":"all","priority":0,"definition":"""
            + """{"expires":1}}"""),
        (new OperatorPolicyGone("/", "p"), """{"is":"operator-policy-gone","virtualHost":"/","name":"p"}"""),
        (new ExchangePut("/", "e", "topic", true, false, [1, 2]),
            """{"is":"exchange","virtualHost":"/","name":"e","type":"topic","autoDelete":true,"internal":false,"arguments":"AQI="}"""),
        (new ExchangeGone("/", "e"), """{"is":"exchange-gone","virtualHost":"/","name":"e"}"""),
        (new QueuePut("/", "q", false, [], 18_446_744_073_709_551_615),
            """{"is":"queue","virtualHost":"/","name":"q","autoDelete":false,"arguments":"","log":18446744073709551615}"""),
        (new QueuePut("/", "q", true, [1], 2, "ann"),
            """{"is":"queue","virtualHost":"/","name":"q","autoDelete":true,"arguments":"AQ==","log":2,"user":"ann"}"""),
        (new QueueGone("/", "q"), """{"is":"queue-gone","virtualHost":"/","name":"q"}"""),
        (new BindingPut("/", "e", "q", false, "k", [3]),
            """{"is":"binding","virtualHost":"/","source":"e","destination":"q","toExchange":false,"key":"k","arguments":"Aw=="}"""),
        (new BindingGone("/", "e", "f", true, "k", []),
            """{"is":"binding-gone","virtualHost":"/","source":"e","destination":"f","toExchange":true,"key":"k","arguments":""}"""),
        (new ParameterPut("c", "/", "n", JsonElement.Parse("{\"a\":1}")),
            """{"is":"parameter","component":"c","virtualHost":"/","name":"n","value":{"a":1}}"""),
        (new ParameterGone("c", "/", "n"), """{"is":"parameter-gone","component":"c","virtualHost":"/","name":"n"}"""),
        (new GlobalParameterPut("n", JsonElement.Parse("1")), """{"is":"global-parameter","name":"n","value":1}"""),
        (new GlobalParameterGone("n"), """{"is":"global-parameter-gone","name":"n"}"""),
    ];

    private static Dictionary<string, JsonElement> Values(string json) => new(PolicyDefinition.Parse(json));

    [Fact]
    public void Every_definition_is_written_as_it_always_was() =>
        Assert.All(s_golden, golden => Assert.Equal(golden.Line, DefinitionText.Of(golden.Definition)));

    [Fact]
    public void Every_line_that_was_ever_written_is_read() =>
        Assert.All(s_golden, golden => Assert.Equal(golden.Line, DefinitionText.Of(DefinitionText.Read(golden.Line))));

    [Fact]
    public void Every_kind_of_definition_has_its_golden_line()
    {
        var kinds = typeof(Definition).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Definition)));
        Assert.Equal(
            kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal),
            s_golden.Select(golden => golden.Definition.GetType().Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_later_versions_additional_field_does_not_hide_what_this_version_knows() =>
        Assert.Equal(new VirtualHostPut("/"), DefinitionText.Read("""{"is":"vhost","name":"/","limits":{"max-queues":1}}"""));

    [Fact]
    public void An_unknown_kind_and_a_torn_line_are_refused_alike()
    {
        Assert.Throws<JsonException>(() => DefinitionText.Read("""{"is":"quota","name":"/"}"""));
        Assert.Throws<JsonException>(() => DefinitionText.Read("""{"is":"vhost","name"""));
    }
}
