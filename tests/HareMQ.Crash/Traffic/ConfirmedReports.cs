using System.Collections.Concurrent;
using System.Threading.Channels;
using HareMQ.Crash.Ledgers;
using HareMQ.Crash.Messages;
using RabbitMQ.Client;

namespace HareMQ.Crash.Traffic;

/// <summary>Publishes one report per processed message and hands those out whose reports the broker has taken.</summary>
internal sealed class ConfirmedReports
{
    private static readonly BasicProperties s_persistent = new() { Persistent = true };

    private readonly PublisherLedger _ledger;
    private readonly IChannel _channel;
    private readonly ConcurrentDictionary<long, Processed> _awaited = new();
    private readonly Channel<Processed> _confirmed = Channel.CreateUnbounded<Processed>();
    private long _oldestAwaited;

    public ConfirmedReports(PublisherLedger ledger, IChannel channel)
    {
        _ledger = ledger;
        _channel = channel;
        ledger.StartAfresh();
        var before = ledger.SentCount;
        _oldestAwaited = before + 1;
        channel.BasicAcksAsync += (_, ack) =>
        {
            OnAck(before + (long)ack.DeliveryTag, ack.Multiple);
            return Task.CompletedTask;
        };
    }

    public ChannelReader<Processed> Confirmed => _confirmed.Reader;

    public async Task PublishAsync(Processed processed)
    {
        var id = _ledger.Next();
        _awaited[id.Sequence] = processed;
        await _channel.BasicPublishAsync("", _ledger.Targets[0].Name, mandatory: false, s_persistent, MessageBody.Create(id));
    }

    private void OnAck(long sequence, bool multiple)
    {
        _ledger.Confirm(sequence, multiple);
        for (var at = multiple ? _oldestAwaited : sequence; at <= sequence; at++)
            if (_awaited.TryRemove(at, out var processed)) _confirmed.Writer.TryWrite(processed);
        if (multiple) _oldestAwaited = sequence + 1;
    }
}

internal readonly record struct Processed(MessageId Id, ulong DeliveryTag);
