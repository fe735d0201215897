using System.Security.Cryptography;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Storage;

namespace HareMQ.Broker.VirtualHosts;

/// <summary>
/// The far end of direct reply-to: what is published to its name goes straight to the channel that consumes from
/// <c>amq.rabbitmq.reply-to</c>. No queue, no storage, no redelivery (as RabbitMQ).
/// </summary>
internal sealed class DirectReplyTarget : IPublishTarget
{
    /// <summary>The pseudo-queue that clients consume from and name in reply-to.</summary>
    public const string PseudoQueue = "amq.rabbitmq.reply-to";

    /// <summary>How the names start that replace <see cref="PseudoQueue"/> in a request's reply-to.</summary>
    public const string NamePrefix = PseudoQueue + ".";

    private readonly Consumer _consumer;

    public DirectReplyTarget(Consumer consumer)
    {
        _consumer = consumer;
        Name = NamePrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    public string Name { get; }

    public bool Durable => false;

    public void Publish(PublishBatch batch, int slot, bool runInline)
    {
        var memory = batch.Records.WrittenSpan;
        foreach (var range in batch.RangesOf(slot))
        {
            var offset = range.Offset;
            for (var left = range.Count; left > 0; left--)
            {
                var record = RecordView.Parse(memory[offset..]);
                // A requester that is gone, or does not read, gets nothing: replies are never kept.
                _consumer.Channel.Deliver(_consumer, new MessageView(record, batch.Records), default, redelivered: false);
                offset += record.RecordBytes;
            }
        }

        batch.Taken();
        _consumer.Channel.FlushDeliveries();
        batch.Accepted();
    }
}
