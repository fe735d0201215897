namespace HareMQ.Simulation.Model;

/// <summary>Messages that share a key. Of those that an exchange or a queue takes for one, one being there is enough for all.</summary>
internal sealed class Duplicates
{
    /// <summary>Events within which the broker has read for certain what a client has sent. Until then a key may still count.</summary>
    private const int ReadWithin = 2000;

    private readonly Dictionary<(QueueModel Queue, string Key), List<Message>> _messages = [];

    public void Add(Message message)
    {
        var key = (message.Queues[0], message.Key!);
        if (!_messages.TryGetValue(key, out var messages)) _messages.Add(key, messages = []);
        messages.Add(message);
    }

    /// <summary>All with its key, itself included.</summary>
    public IReadOnlyList<Message> Of(Message message) => _messages[(message.Queues[0], message.Key!)];

    /// <summary>The confirm of this one may have been meant for another one of its key, of which is known what became of it.</summary>
    public bool Stands(Copy copy, IReadOnlyDictionary<(int Id, QueueModel Root), long> done) => Of(copy.Message).Any(other =>
        done.TryGetValue((other.Id, copy.Root), out var at)
        && (copy.Root.Deduplication == Deduplication.InExchange ? other.Life == copy.Message.Life : at + ReadWithin >= copy.Message.PublishedAt));
}
