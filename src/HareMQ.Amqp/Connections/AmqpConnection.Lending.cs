using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

/// <summary>
/// What belongs to the read loop is on loan while the loop waits for its client or an alarm: so the tick can close a channel whose consumer
/// has fallen silent, although the loop may sleep for hours. At any moment exactly one of the two works.
/// </summary>
internal sealed partial class AmqpConnection
{
    /// <summary>How often deliveries are looked at that wait for their ack.</summary>
    private const long TimeoutCheckMs = 1000;

    private const int Working = 0;
    private const int Waiting = 1;
    private const int OnLoan = 2;

    // Touched by any thread.
    private int _loop = Working;
    private TaskCompletionSource? _returned;
    private volatile bool _timeoutsAreDue;

    // Owned by the tick.
    private long _timeoutsCheckedAtMs;

    /// <summary>Waits; meanwhile the tick may borrow what belongs to the read loop.</summary>
    private async ValueTask LendWhileAsync(ValueTask waiting)
    {
        Lend();
        try
        {
            await waiting;
        }
        finally
        {
            await TakeBackAsync();
        }
    }

    private void Lend() => Interlocked.Exchange(ref _loop, Waiting);

    /// <summary>Completes at once unless the tick has something to close.</summary>
    private ValueTask TakeBackAsync() =>
        Interlocked.CompareExchange(ref _loop, Working, Waiting) == Waiting ? default : WaitForReturnAsync();

    private async ValueTask WaitForReturnAsync()
    {
        while (true)
        {
            var returned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _returned, returned);
            // Looked at again after the waiter is in place: it may have come back in between.
            if (Interlocked.CompareExchange(ref _loop, Working, Waiting) == Waiting) return;
            await returned.Task;
            if (Interlocked.CompareExchange(ref _loop, Working, Waiting) == Waiting) return;
        }
    }

    /// <summary>Called by the tick.</summary>
    private void CheckTimeouts(long nowMs)
    {
        if (nowMs - _timeoutsCheckedAtMs < TimeoutCheckMs) return;
        _timeoutsCheckedAtMs = nowMs;
        // A loop that works looks itself, after the read it is at.
        if (Interlocked.CompareExchange(ref _loop, OnLoan, Waiting) == Waiting) _ = CheckOnLoanAsync();
        else _timeoutsAreDue = true;
    }

    private async Task CheckOnLoanAsync()
    {
        try
        {
            if (_state == ConnectionState.Running) await CloseTimedOutChannelsAsync();
        }
        catch (Exception error)
        {
            AmqpLog.Unexpected(Logger, Id, error);
            SendClose(CloseReply.From(AmqpErrors.Internal(), null));
            Writer.Flush();
        }

        Interlocked.Exchange(ref _loop, Waiting);
        Interlocked.Exchange(ref _returned, null)?.TrySetResult();
    }

    /// <summary>By whoever has what belongs to the read loop.</summary>
    private async ValueTask CloseTimedOutChannelsAsync()
    {
        _timeoutsAreDue = false;
        var timedOut = FindTimedOutChannel();
        if (timedOut is null) return;
        HandOver();
        do
        {
            var (channel, timeoutMs) = timedOut.Value;
            await channel.FailAsync(AmqpErrors.DeliveryTimedOut(channel.Number, timeoutMs), null);
            timedOut = FindTimedOutChannel();
        }
        while (timedOut is not null);
        Writer.Flush();
    }

    private (Channels.AmqpChannel Channel, long TimeoutMs)? FindTimedOutChannel()
    {
        foreach (var channel in _channels.Values)
            if (!channel.IsClosing && channel.HasTimedOut(out var timeoutMs))
                return (channel, timeoutMs);
        return null;
    }
}
