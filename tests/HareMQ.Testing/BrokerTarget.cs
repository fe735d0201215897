using System.Globalization;

namespace HareMQ.Testing;

/// <summary>A broker under test: where it listens and which product it is, so that a test can state where the two differ.</summary>
public sealed class BrokerTarget : IAsyncDisposable
{
    public const string RabbitMqVariable = "HAREMQ_TEST_RABBITMQ_URL";

    /// <summary>Where tests/lib/rabbitmq.sh has started that RabbitMQ: for tests that change its settings while it runs.</summary>
    public const string RabbitMqDirectoryVariable = "HAREMQ_TEST_RABBITMQ_DIR";

    public const string HareMqVariable = "HAREMQ_TEST_URL";

    private readonly EmbeddedBroker? _embedded;

    private BrokerTarget(string name, Uri uri, bool isRabbitMq, EmbeddedBroker? embedded = null)
    {
        Name = name;
        Uri = uri;
        IsRabbitMq = isRabbitMq;
        _embedded = embedded;
    }

    public string Name { get; }

    /// <summary><c>amqp://guest:guest@127.0.0.1:5672/</c>: the virtual host is always the default one.</summary>
    public Uri Uri { get; }

    public bool IsRabbitMq { get; }

    /// <summary>The RabbitMQ that <see cref="RabbitMqVariable"/> names, or null when it names none.</summary>
    public static BrokerTarget? RabbitMq() => FromEnvironment(RabbitMqVariable) is { } uri ? new("RabbitMQ", uri, isRabbitMq: true) : null;

    /// <summary>The HareMQ that <see cref="HareMqVariable"/> names, else one in this process.</summary>
    public static async Task<BrokerTarget> HareMqAsync()
    {
        if (FromEnvironment(HareMqVariable) is { } uri) return new("HareMQ", uri, isRabbitMq: false);
        var embedded = await EmbeddedBroker.StartAsync();
        return new("HareMQ", embedded.Uri, isRabbitMq: false, embedded);
    }

    /// <summary>Whether a test can change the broker's settings while it runs.</summary>
    public bool IsAdjustable => IsRabbitMq ? RabbitMqCtl.IsAvailable : _embedded is not null;

    /// <summary>Memory above this share sets the alarm.</summary>
    public Task SetMemoryWatermarkAsync(double share)
    {
        if (IsRabbitMq) return RabbitMqCtl.RunAsync("set_vm_memory_high_watermark", share.ToString(CultureInfo.InvariantCulture));
        _embedded!.SetMemoryWatermark(share);
        return Task.CompletedTask;
    }

    /// <summary>A disk with less free space sets the alarm.</summary>
    public Task SetDiskFreeLimitAsync(long bytes)
    {
        if (IsRabbitMq) return RabbitMqCtl.RunAsync("set_disk_free_limit", bytes.ToString(CultureInfo.InvariantCulture));
        _embedded!.SetDiskFreeLimit(bytes);
        return Task.CompletedTask;
    }

    /// <summary>How long a delivery may wait for its ack, on channels that are opened from now on.</summary>
    public Task SetConsumerTimeoutAsync(int milliseconds)
    {
        // RabbitMQ looks once a minute unless told otherwise.
        if (IsRabbitMq)
        {
            return RabbitMqCtl.RunAsync(
                "eval",
                $"application:set_env(rabbit, consumer_timeout, {milliseconds}), "
                + "application:set_env(rabbit, channel_tick_interval, 500).");
        }

        _embedded!.SetConsumerTimeout(milliseconds);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    public override string ToString() => $"{Name} at {Uri.Host}:{Uri.Port}";

    private static Uri? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url ? new Uri(url) : null;
}
