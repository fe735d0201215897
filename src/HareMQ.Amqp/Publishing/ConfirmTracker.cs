using HareMQ.Amqp.Connections;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Publishing;

/// <summary>
/// The publisher confirms of one channel. Batches may be stored out of order; their confirms leave in order, several at once as one
/// <c>basic.ack</c> with multiple = true.
/// </summary>
internal sealed class ConfirmTracker(ushort channel, ConnectionWriter writer) : IConfirmSink
{
    // Guarded by the writer's gate.
    private readonly Queue<ConfirmTicket> _waiting = new();
    private ulong _confirmed;
    private ulong _acked;
    private bool _ended;

    // Owned by the read loop.
    private ulong _lastSequence;

    /// <summary>Publishes that are neither confirmed nor refused yet.</summary>
    public ulong Unconfirmed
    {
        get
        {
            lock (writer.Gate) return _lastSequence - _confirmed;
        }
    }

    /// <summary>Publishes that were acked. Guarded by the writer's gate.</summary>
    public ulong Acked => _acked;

    /// <summary>Publishes so far, for whoever is curious. Any thread.</summary>
    public ulong Published => Volatile.Read(ref _lastSequence);

    /// <summary>Numbers a publish and adds it to the batch that carries it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isRouted">False: the publish led nowhere, so that the batch carries nothing of it.</param>
    public void Add(PublishBatch batch, bool isRouted = true)
    {
        if (batch.AddConfirm(this, ++_lastSequence, isRouted) is not { } ticket) return;
        lock (writer.Gate) _waiting.Enqueue(ticket);
    }

    /// <summary>The channel is closed: nobody wants confirms any more.</summary>
    public void EndLocked()
    {
        _ended = true;
        _waiting.Clear();
    }

    void IConfirmSink.Complete(ConfirmTicket ticket)
    {
        lock (writer.Gate)
        {
            ticket.Done = true;
            if (_ended) return;
            ulong acked = 0;
            while (_waiting.TryPeek(out var first) && first.Done)
            {
                _waiting.Dequeue();
                if (first.Refused)
                {
                    Ack(acked);
                    Nack(first.LastSequence);
                    continue;
                }

                if (first.RefusedSequences is { } refused) NackEach(refused);
                acked = first.LastSequence;
            }

            Ack(acked);
        }

        writer.Flush();
    }

    private void Ack(ulong upTo)
    {
        if (upTo <= _confirmed) return;
        writer.WriteLocked(channel, new BasicAck(upTo, multiple: upTo - _confirmed > 1));
        _acked += upTo - _confirmed;
        _confirmed = upTo;
    }

    private void NackEach(IReadOnlyList<ulong> sequences)
    {
        foreach (var sequence in sequences)
        {
            Ack(sequence - 1);
            Nack(sequence);
        }
    }

    private void Nack(ulong upTo)
    {
        writer.WriteLocked(channel, new BasicNack(upTo, multiple: upTo - _confirmed > 1, requeue: false));
        _confirmed = upTo;
    }
}
