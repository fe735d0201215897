namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    /// <summary>
    /// The delivery that has been out the longest waits for its ack for too long. Only that one is looked at, as in RabbitMQ: a later one
    /// from a queue with a shorter time has its turn when those before it are settled.
    /// </summary>
    /// <param name="timeoutMs">The time that it had.</param>
    public bool HasTimedOut(out long timeoutMs)
    {
        lock (_writer.Gate)
        {
            timeoutMs = 0;
            if (!_unsettled.TryPeekFirst(out var oldest)) return false;
            if ((oldest.Queue.Settings.ConsumerTimeoutMs ?? _connection.ConsumerTimeoutMs) is not { } limit) return false;
            timeoutMs = limit;
            return _connection.Clock.ElapsedMsAtLeast(oldest.DeliveredAt) > limit;
        }
    }
}
