using System.Text;
using HareMQ.Broker.Alarms;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

/// <summary>What a connection is held up by: alarms of the broker, and queues or a disk that are slower than it publishes.</summary>
internal sealed partial class AmqpConnection
{
    /// <summary>Back-pressure comes and goes quickly; it is shown for a while, or nobody would ever see it (as RabbitMQ).</summary>
    private const long FlowShownMs = 5000;

    // Owned by the read loop.
    private bool _publishedInAlarm;
    private bool _clientWantsBlocked;

    // Touched by any thread. Not null: the connection is blocked, or about to be.
    private TaskCompletionSource? _unblocked;
    private volatile bool _isPushedBack;
    private long _pushedBackAtMs = -FlowShownMs;

    /// <summary>An alarm keeps the connection from being read.</summary>
    public bool IsBlocked => Volatile.Read(ref _unblocked) is not null;

    /// <summary>RabbitMQ's name for what the connection is at.</summary>
    public string StateName => _state switch
    {
        ConnectionState.ExpectingHeader or ConnectionState.Starting => "starting",
        ConnectionState.Tuning => "tuning",
        ConnectionState.Opening => "opening",
        ConnectionState.Running => RunningStateName,
        ConnectionState.Closing or ConnectionState.Discarding => "closing",
        _ => "closed",
    };

    private string RunningStateName
    {
        get
        {
            if (IsBlocked) return "blocked";
            if (_alarms.Current != ResourceAlarm.None) return "blocking";
            return _isPushedBack || _server.UptimeMs - Interlocked.Read(ref _pushedBackAtMs) < FlowShownMs ? "flow" : "running";
        }
    }

    /// <summary>An alarm was set or cleared. Any thread.</summary>
    public void AlarmsChanged()
    {
        if (_alarms.Current == ResourceAlarm.None) Unblock();
    }

    /// <summary>Lets the read loop go on: no alarm is left, or the connection ends. Any thread.</summary>
    /// <remarks>A full fence: either this finds the waiter, or the loop, with its waiter in place, finds what has changed.</remarks>
    private void Unblock() => Interlocked.CompareExchange(ref _unblocked, null, null)?.TrySetResult();

    /// <summary>Called for each publish: only one that is handled during an alarm counts, whenever its read ends.</summary>
    private void NotePublish() => _publishedInAlarm |= _alarms.Current != ResourceAlarm.None;

    /// <summary>Called after each read. Whoever has published is not read while an alarm is set; whoever only consumes is.</summary>
    private ValueTask WaitForAlarmsAsync()
    {
        if (!_publishedInAlarm) return default;
        _publishedInAlarm = false;
        return _alarms.Current == ResourceAlarm.None ? default : StayBlockedAsync();
    }

    private async ValueTask StayBlockedAsync()
    {
        var unblocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _unblocked, unblocked);
        // Looked at again after the waiter is in place: the last alarm may have gone, or the connection ended, in between.
        var alarms = _alarms.Current;
        var isBlocked = alarms != ResourceAlarm.None && !IsOver && !_aborted;
        if (isBlocked)
        {
            if (_clientWantsBlocked) WriteUnlessOver(new ConnectionBlocked(Encoding.UTF8.GetBytes(ResourceAlarms.Reason(alarms))));
            ReadingPaused = true;
            await LendWhileAsync(new ValueTask(unblocked.Task));
            ReadingPaused = false;
        }

        Volatile.Write(ref _unblocked, null);
        if (isBlocked && _clientWantsBlocked) WriteUnlessOver(new ConnectionUnblocked());
    }

    /// <summary>Nothing may follow connection.close, which any thread may write.</summary>
    private void WriteUnlessOver<TMethod>(scoped in TMethod method)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        lock (Writer.Gate)
        {
            if (Writer.IsOver) return;
            Writer.WriteLocked(0, method);
        }

        Writer.Flush();
    }

    /// <summary>A blocked connection is not read, so nothing else would tell that the client has gone.</summary>
    private void CheckBlockedPeer()
    {
        if (!IsBlocked) return;
        if (Writer.Failure is { } error) AbortAs(() => AmqpLog.Lost(Logger, Id, Peer, error.Message));
        else if (_transport.HasPeerEnded) AbortAs(() => AmqpLog.EndedByPeer(Logger, Id, Peer));
    }
}
