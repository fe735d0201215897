using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

public sealed class BindingTests
{
    private readonly Topology _topology = new(new TestQueues());
    private readonly Exchange _exchange;
    private readonly TestQueue _queue = new("q");

    public BindingTests() => _exchange = _topology.Declare("x", "headers");

    [Theory]
    [InlineData("", "~")]
    [InlineData("a.b", "a.b")]
    [InlineData("a~b", "a%7Eb")]
    [InlineData("a b/c", "a+b%2Fc")]
    public void A_binding_without_arguments_is_named_after_its_key(string key, string expected) =>
        Assert.Equal(expected, Of(key, FieldTable.Empty).PropertiesKey);

    [Fact]
    public void A_binding_with_arguments_has_their_hash_in_its_name_and_it_never_changes()
    {
        var (first, second) = (new FieldTableBuilder().Add("a", 1).Add("b", "x"), new FieldTableBuilder().Add("b", "x").Add("a", 1));

        Assert.Equal("k~j_CcTg", Of("k", first.ToTable()).PropertiesKey);
        Assert.Equal("k~j_CcTg", Of("k", second.ToTable()).PropertiesKey);
        Assert.Equal("~j_CcTg", Of("", first.ToTable()).PropertiesKey);
        Assert.NotEqual("k~j_CcTg", Of("k", new FieldTableBuilder().Add("a", 2).Add("b", "x").ToTable()).PropertiesKey);
    }

    [Fact]
    public void Bindings_are_the_same_whatever_the_order_of_their_arguments()
    {
        var binding = Of("k", new FieldTableBuilder().Add("a", 1).Add("b", 2).ToTable());
        var same = Of("k", new FieldTableBuilder().Add("b", 2).Add("a", 1).ToTable());

        Assert.Equal(binding, same);
        Assert.Equal(binding.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(binding, Of("other", binding.Arguments));
        Assert.NotEqual(binding, Of("k", FieldTable.Empty));
        Assert.NotEqual(binding, new Binding(_exchange, new TestQueue("q"), "k", binding.Arguments));
        Assert.NotEqual(binding, new Binding(_topology.Default, _queue, "k", binding.Arguments));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void A_binding_is_durable_if_both_ends_are(bool exchangeDurable, bool queueDurable, bool expected)
    {
        var exchange = _topology.DeclareExchange("y", "fanout", exchangeDurable, false, false, FieldTable.Empty, out _);

        Assert.Equal(expected, new Binding(exchange, new TestQueue("q", queueDurable), "", FieldTable.Empty).Durable);
    }

    [Fact]
    public void A_headers_binding_with_an_unknown_mode_is_refused()
    {
        var queues = new TestQueues();
        var topology = new Topology(queues);
        var exchange = topology.Declare("x", "headers");
        var queue = queues.Add("q");

        Refused(
            "PRECONDITION_FAILED - Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x",
            new FieldTableBuilder().Add("x-match", "some").ToTable());
        Refused(
            "PRECONDITION_FAILED - Invalid x-match field type signedint (value 1); expected longstr",
            new FieldTableBuilder().Add("x-match", FieldValue.FromInt(1)).ToTable());
        Assert.False(exchange.HasBindings);

        void Refused(string text, FieldTable arguments) =>
            Assert.Equal(text, Assert.Throws<ChannelException>(() => topology.Bind(exchange, queue, "", arguments)).Message);
    }

    private Binding Of(string key, FieldTable arguments) => new(_exchange, _queue, key, arguments);
}
