namespace HareMQ.Simulation.Model;

/// <summary>What one consumer gets of one publishing channel comes in the order of the publishes.</summary>
internal sealed class OrderCheck(QueueModel queue, bool includesRedelivered)
{
    private readonly Dictionary<(int Publisher, byte Priority), int> _last = [];

    public void Delivered(Message message, bool redelivered)
    {
        if (!queue.KeepsOrder || message.IsDelayed || (redelivered && !includesRedelivered)) return;
        var key = (message.Publisher, queue.HasPriorities ? message.Priority : (byte)0);
        if (_last.TryGetValue(key, out var last) && message.Id <= last)
            throw new BrokenPromiseException($"{queue.Name} delivers {message} after message {last}.");
        _last[key] = message.Id;
    }
}
