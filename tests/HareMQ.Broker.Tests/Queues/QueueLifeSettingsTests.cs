using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Queues;

public sealed class QueueLifeSettingsTests
{
    public static TheoryData<string, object, string> Invalid => new()
    {
        { "x-message-ttl", true, "{0}: \"expected integer, got bool\"" },
        { "x-expires", 0, "{0}: {value_zero,0}" },
        { "x-max-length", -1, "{0}: {value_negative,-1}" },
        { "x-max-priority", 256, "{0}: {max_value_exceeded,256}" },
        { "x-overflow", 1, "{0}: {unacceptable_type,signedint}" },
        { "x-overflow", "spill", "{0}: invalid_overflow" },
        { "x-dead-letter-routing-key", "key", "{0}: routing_key_but_no_dlx_defined" },
        { "x-dead-letter-routing-key", 1, "{0}: {unacceptable_type,signedint}" },
        { "x-single-active-consumer", "yes", "{0}: {unacceptable_type,longstr}" },
        { "x-queue-mode", "odd", "{0}: \"unsupported queue mode 'odd'\"" },
        { "x-queue-version", 3, "{0}: \"unsupported queue version '3'\"" },
        { "x-queue-type", "odd", "{0}: \"unsupported queue type 'odd'\"" },
        { "x-delivery-limit", "many", "{0}: \"expected integer, got longstr\"" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_arguments_are_refused_in_the_words_of_RabbitMQ(string argument, object value, string text)
    {
        var declaration = Declaration((argument, value));
        var error = Assert.Throws<ChannelException>(() => QueueSettingsReader.Read(declaration, "/"));
        Assert.Equal(ReplyCode.PreconditionFailed, error.Code);
        Assert.EndsWith(text.Replace("{0}", $"invalid arg '{argument}' for queue 'q' in vhost '/'"), error.Message);
    }

    [Fact]
    public void A_dead_letter_exchange_must_be_a_string()
    {
        var error = Assert.Throws<ChannelException>(() => QueueSettingsReader.Read(Declaration(("x-dead-letter-exchange", 1)), "/"));
        Assert.EndsWith("invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'", error.Message);
    }

    [Theory]
    [InlineData(false, false, false, "non-durable")]
    [InlineData(false, false, true, "exclusive-owner")]
    [InlineData(true, true, true, "auto-delete")]
    public void A_quorum_queue_is_durable_and_shared(bool durable, bool autoDelete, bool exclusive, string property)
    {
        var declaration = Declaration(("x-queue-type", "quorum")) with
        {
            Durable = durable, AutoDelete = autoDelete, Owner = exclusive ? this : null,
        };
        var error = Assert.Throws<ChannelException>(() => QueueSettingsReader.Read(declaration, "/"));
        Assert.EndsWith($"invalid property '{property}' for queue 'q' in vhost '/'", error.Message);
    }

    [Theory]
    [InlineData("quorum", null, 20)]
    [InlineData("quorum", 3, 3)]
    [InlineData("quorum", -1, null)]
    [InlineData("classic", null, null)]
    [InlineData("classic", 0, 0)]
    public void Only_quorum_queues_limit_deliveries_unasked(string type, int? asked, int? limit)
    {
        var declaration = asked is { } value
            ? Declaration(("x-queue-type", type), ("x-delivery-limit", value))
            : Declaration(("x-queue-type", type));
        Assert.Equal(limit, QueueSettingsReader.Read(declaration, "/").DeliveryLimit);
    }

    [Fact]
    public void A_queue_without_arguments_has_the_default_settings() =>
        Assert.Same(QueueSettings.Default, QueueSettingsReader.Read(Declaration(), "/"));

    private static QueueDeclaration Declaration(params (string Name, object Value)[] arguments)
    {
        var table = new FieldTableBuilder();
        foreach (var (name, value) in arguments)
        {
            table.Add(name, value switch
            {
                int number => FieldValue.FromInt(number),
                bool flag => FieldValue.FromBool(flag),
                _ => FieldValue.FromString((string)value),
            });
        }

        return TestMessages.Declaration() with { Arguments = table.ToTable() };
    }
}
