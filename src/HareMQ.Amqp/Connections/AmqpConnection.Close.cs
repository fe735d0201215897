using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

internal sealed partial class AmqpConnection
{
    /// <summary>After connection.close the client has this long to answer, unless its heartbeat is shorter.</summary>
    private const int CloseTimeoutSecondsMax = 30;

    // Written by the read loop, but for a forced close; read by the tick.
    private volatile ConnectionState _state = ConnectionState.ExpectingHeader;
    private volatile bool _abortExplained;
    private volatile bool _aborted;
    private long _closingSinceMs;
    private long _sentBytesSeen;
    private long _quietSinceMs;
    private long _receivedBytesSeen;
    private long _receivedSeenAtMs;

    public long ReceivedBytes { get; private set; }

    /// <summary>Not reading on purpose, because queues or the disk are busy: the client's silence means nothing then.</summary>
    public bool ReadingPaused { get; private set; }

    /// <summary>Not reading because the client does not read what it is sent: it is alive as long as it takes something now and then.</summary>
    public bool AnswersUnread { get; private set; }

    public int HeartbeatSeconds { get; private set; }

    public bool IsRunning => _state == ConnectionState.Running;

    /// <summary>One side has closed: nothing but a close is answered any more.</summary>
    private bool IsOver => _state is ConnectionState.Closing or ConnectionState.Discarding or ConnectionState.Closed;

    /// <summary>Sends connection.close, for example at shutdown. Any thread; the read loop notices at the client's next frame or hang-up.</summary>
    public void ForceClose(ConnectionException reason)
    {
        if (_state != ConnectionState.Running)
        {
            AbortAs(() => AmqpLog.Refused(Logger, Id, Peer, reason.Message));
            return;
        }

        SendClose(CloseReply.From(reason, null));
        Writer.Flush();
        // The answer must be read.
        Unblock();
    }

    /// <summary>Hangs up without a word. Any thread.</summary>
    public void Abort() => AbortAs(() => { });

    /// <summary>Called twice a second by the server: heartbeats and time limits.</summary>
    public void Tick(long nowMs)
    {
        switch (_state)
        {
            case ConnectionState.Running:
                SendHeartbeatIfQuiet(nowMs);
                CheckPeerIsAlive(nowMs);
                CheckBlockedPeer();
                CheckTimeouts(nowMs);
                CheckToken();
                break;
            case ConnectionState.Closing or ConnectionState.Discarding:
                var limitSeconds = HeartbeatSeconds is > 0 and < CloseTimeoutSecondsMax ? HeartbeatSeconds : CloseTimeoutSecondsMax;
                if (nowMs - Interlocked.Read(ref _closingSinceMs) > limitSeconds * 1000L) Abort();
                break;
            case ConnectionState.Closed:
                break;
            default:
                var handshake = _server.Options.HandshakeTimeout;
                if (nowMs - OpenedAtMs > handshake.TotalMilliseconds)
                    AbortAs(() => AmqpLog.HandshakeTimedOut(Logger, Id, Peer, handshake.TotalSeconds));
                break;
        }
    }

    private void SendHeartbeatIfQuiet(long nowMs)
    {
        if (Writer.SentBytes != _sentBytesSeen)
        {
            _sentBytesSeen = Writer.SentBytes;
            _quietSinceMs = nowMs;
        }

        if (HeartbeatSeconds == 0 || nowMs - _quietSinceMs < HeartbeatSeconds * 500L) return;
        // A peer that does not read gets no heap of heartbeats.
        if (Writer.PendingBytes == 0)
        {
            Writer.WriteRaw(FrameWriter.Heartbeat);
            Writer.Flush();
        }

        _sentBytesSeen = Writer.SentBytes;
        _quietSinceMs = nowMs;
    }

    private void CheckPeerIsAlive(long nowMs)
    {
        var signsOfLife = AnswersUnread ? Writer.SentBytes : ReceivedBytes;
        if (signsOfLife != _receivedBytesSeen || ReadingPaused || _receivedSeenAtMs == 0)
        {
            _receivedBytesSeen = signsOfLife;
            _receivedSeenAtMs = nowMs;
        }
        else if (HeartbeatSeconds > 0 && nowMs - _receivedSeenAtMs > HeartbeatSeconds * 2000L)
        {
            AbortAs(() => AmqpLog.HeartbeatMissed(Logger, Id, (nowMs - _receivedSeenAtMs) / 1000));
        }
    }

    private void Fail(AmqpException error, AmqpMethod? method)
    {
        AmqpLog.Failed(Logger, Id, Peer, error.Message);
        SendClose(CloseReply.From(error, method));
    }

    private void SendClose(CloseReply reply)
    {
        if (IsOver) return;
        Interlocked.Exchange(ref _closingSinceMs, _server.UptimeMs);
        _state = ConnectionState.Closing;
        Writer.WriteLast(new ConnectionClose((ushort)reply.Code, reply.TextBytes.Span, reply.ClassId, reply.MethodId));
    }

    private async ValueTask CloseByClientAsync()
    {
        HandOver();
        await EndChannelsAsync();
        AmqpLog.ClosedByClient(Logger, Id);
        // Before the client hears of it, so that it may come again at once.
        _session?.End();
        Writer.WriteLast(new ConnectionCloseOk());
        // The client hangs up. If we did, with frames of his still under way (some clients let connection.close overtake publishes), TCP
        // would reset the connection and take close-ok with it.
        Interlocked.Exchange(ref _closingSinceMs, _server.UptimeMs);
        _state = ConnectionState.Discarding;
    }

    private void AbortAs(Action explain)
    {
        if (_abortExplained) return;
        _abortExplained = true;
        explain();
        _aborted = true;
        _transport.Abort();
        Unblock();
    }

    private void LogPeerEnded()
    {
        if (_abortExplained || IsOver) return;
        if (_state == ConnectionState.ExpectingHeader && ReceivedBytes == 0) AmqpLog.EndedSilently(Logger, Id, Peer);
        else AmqpLog.EndedByPeer(Logger, Id, Peer);
    }
}
