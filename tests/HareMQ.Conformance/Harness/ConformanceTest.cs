using RabbitMQ.Client.Exceptions;

namespace HareMQ.Conformance.Harness;

/// <summary>
/// What a test of either broker has at hand. Each area is an abstract class with the tests, and one sealed class per broker that runs them;
/// everything a test opens is closed after it, and what its names may have left on the broker is deleted.
/// </summary>
public abstract class ConformanceTest(BrokerFixture fixture) : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _opened = new();
    private readonly List<string> _queues = [];
    private readonly List<string> _exchanges = [];
    private IConnection? _connection;

    protected BrokerTarget Broker => fixture.Target!;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(fixture.Target is null, $"No RabbitMQ to compare with: set {BrokerTarget.RabbitMqVariable}.");
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (_queues.Count + _exchanges.Count > 0) await DeleteLeftoversAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>For the few places where the two differ; each is a row of docs/rabbitmq-differences.md.</summary>
    protected T Expected<T>(T rabbitMq310, T hareMq) => Broker.IsRabbitMq ? rabbitMq310 : hareMq;

    /// <summary>The action closes this channel. A round trip follows it, because a publish or an ack does not wait for an answer.</summary>
    protected static async Task ExpectChannelErrorAsync(IChannel channel, int code, string text, Func<Task> action)
    {
        try
        {
            await action();
            await channel.BasicQosAsync(0, 0, global: false);
        }
        catch (OperationInterruptedException)
        {
            // Which of the two notices is the client's business; the close reason is what the tests compare.
        }
        Assert.True(channel.CloseReason is not null, $"The channel is still open; expected {code} {text}");
        Assert.Equal(code, channel.CloseReason.ReplyCode);
        Assert.Equal(text, channel.CloseReason.ReplyText);
    }

    /// <summary>What an administrator of the broker can do; skips the test where it cannot be done from here.</summary>
    protected IBrokerAdministration Administration
    {
        get
        {
            var administration = Broker.Administration;
            Assert.SkipWhen(administration is null, $"{Broker} is not ours to administer: set {BrokerTarget.RabbitMqDirectoryVariable}.");
            return administration!;
        }
    }

    /// <summary>For the rare input that RabbitMQ 3.10 has no answer to at all.</summary>
    protected void SkipOnRabbitMq(string reason) => Assert.SkipWhen(Broker.IsRabbitMq, $"RabbitMQ 3.10 {reason}.");

    /// <summary>For tests that change the broker's settings while it runs.</summary>
    protected void SkipUnlessAdjustable() => _ = Administration;

    /// <summary>
    /// Where HareMQ says with connection.close what was wrong, and RabbitMQ 3.10 drops the socket without a word, during the handshake
    /// after three seconds.
    /// </summary>
    protected async Task ExpectClosedOrDroppedAsync(WireClient wire, int code, string text)
    {
        if (Broker.IsRabbitMq)
        {
            Assert.Null(await wire.ReadFrameAsync());
            return;
        }
        var close = await wire.ExpectConnectionCloseAsync();
        Assert.Equal(code, close.Code);
        Assert.StartsWith(text, close.Text);
        await wire.ExpectSocketClosedAsync();
    }

    protected string NewQueueName(string purpose = "queue") => Remember(_queues, purpose);

    protected string NewExchangeName(string purpose = "exchange") => Remember(_exchanges, purpose);

    /// <summary>A connection of its own, for tests about connections; most tests share the one that their channels open.</summary>
    protected async Task<IConnection> ConnectAsync()
    {
        var factory = new ConnectionFactory
        {
            Uri = Broker.Uri,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = GetType().Name,
        };
        var connection = await factory.CreateConnectionAsync();
        _opened.Push(connection);
        return connection;
    }

    protected async Task<IChannel> OpenChannelAsync(CreateChannelOptions? options = null)
    {
        _connection ??= await ConnectAsync();
        return await OpenChannelAsync(_connection, options);
    }

    /// <summary>Publishing on it ends when the broker has confirmed the message, and throws when it came back or was refused.</summary>
    protected Task<IChannel> OpenConfirmChannelAsync() =>
        OpenChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    protected async Task<IChannel> OpenChannelAsync(IConnection connection, CreateChannelOptions? options = null)
    {
        var channel = await connection.CreateChannelAsync(options);
        _opened.Push(channel);
        return channel;
    }

    /// <summary>A socket on which nothing has been said yet.</summary>
    protected async Task<WireClient> ConnectWireAsync()
    {
        var wire = await WireClient.ConnectAsync(Broker.Uri);
        _opened.Push(wire);
        return wire;
    }

    /// <summary>A raw client after the handshake.</summary>
    protected async Task<WireClient> OpenWireAsync(WireHandshake? handshake = null)
    {
        var wire = await WireClient.OpenAsync(Broker.Uri, handshake);
        _opened.Push(wire);
        return wire;
    }

    /// <summary>A raw client with channel 1 open.</summary>
    protected async Task<WireClient> OpenWireChannelAsync(WireHandshake? handshake = null)
    {
        var wire = await OpenWireAsync(handshake);
        await wire.OpenChannelAsync(1);
        return wire;
    }

    private async Task CloseAsync()
    {
        while (_opened.TryPop(out var opened)) await opened.DisposeAsync();
    }

    /// <summary>Deleting what is not there is fine in AMQP, so a test need not say what it really declared.</summary>
    private async Task DeleteLeftoversAsync()
    {
        var channel = await OpenChannelAsync(await ConnectAsync());
        foreach (var queue in _queues) await channel.QueueDeleteAsync(queue);
        foreach (var exchange in _exchanges) await channel.ExchangeDeleteAsync(exchange);
        await CloseAsync();
    }

    private static string Remember(List<string> names, string purpose)
    {
        var name = $"{purpose}-{Guid.NewGuid():N}";
        names.Add(name);
        return name;
    }
}
