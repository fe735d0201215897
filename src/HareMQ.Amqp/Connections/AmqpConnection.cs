using System.Net;
using System.Text;
using HareMQ.Amqp.Channels;
using HareMQ.Amqp.Delivering;
using HareMQ.Amqp.Publishing;
using HareMQ.Amqp.Transport;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker.Access;
using HareMQ.Broker.Alarms;
using HareMQ.Broker.Events;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;
using HareMQ.Broker.Scheduling;
using HareMQ.Broker.Statistics;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace HareMQ.Amqp.Connections;

/// <summary>One client: a read loop that owns everything here, and a writer that anybody may use.</summary>
internal sealed partial class AmqpConnection : IBatchOwner
{
    /// <summary>Batches handed to queues and not yet stored, above which the socket is not read: how a publisher is slowed to the disk's pace.</summary>
    private const int BatchesUnderWayMax = 64;

    /// <summary>The same in bytes, for large messages. The batches of usual reads do not come near it.</summary>
    private const long BatchBytesUnderWayMax = 32 * 1024 * 1024;

    /// <summary>A batch up to this size is enqueued on the read loop's own thread when its queue is idle; a larger one is worth a hop.</summary>
    private const int InlineBatchBytesMax = 16 * 1024;

    /// <summary>Reads in a row that found bytes waiting, after which the loop leaves the thread that waits for sockets: this client is a busy one.</summary>
    private const int BorrowedReadsMax = 3;

    private readonly AmqpServer _server;
    private readonly ITransport _transport;
    private readonly ResourceAlarms _alarms;
    private readonly ReceiveBuffer _buffer = new();
    private readonly Dictionary<ushort, AmqpChannel> _channels = [];
    private readonly HashSet<MessageQueue> _ownQueues = [];
    private AmqpChannel? _lastChannel;
    private PublishBatch? _batch;
    private bool _settlesComeFirst;

    // Set by the handshake, constant afterwards.
    private VirtualHost? _virtualHost;
    private Authorizer? _authorizer;
    private RouteCache? _routes;
    private ExchangeTally _tally;
    private ClientSession? _session;
    private int _channelMax;
    private readonly DateTimeOffset _connectedAt;

    // Touched by any thread.
    private int _batchesUnderWay;
    private long _batchBytesUnderWay;
    private TaskCompletionSource? _batchWaiter;

    public AmqpConnection(AmqpServer server, ITransport transport, long id)
    {
        _server = server;
        _transport = transport;
        Id = id;
        Writer = new ConnectionWriter(transport, Traffic);
        Logger = server.Logger;
        _alarms = server.Core.Alarms;
        OpenedAtMs = server.UptimeMs;
        NowMs = server.NowMs;
        _connectedAt = server.Time.GetUtcNow();
        FrameMaxBytes = server.Options.InitialFrameMaxBytes;
        _frameLimitBytes = (uint)FrameMaxBytes;
    }

    public long Id { get; }

    public ILogger Logger { get; }

    public ConnectionWriter Writer { get; }

    public EndPoint? Peer => _transport.RemoteEndPoint;

    /// <summary>What TLS agreed on; null: not encrypted.</summary>
    public TlsSession? Tls => _transport.Tls;

    /// <summary>On the server's uptime clock.</summary>
    public long OpenedAtMs { get; }

    /// <summary>Time of the read that is being handled, milliseconds since the Unix epoch.</summary>
    public long NowMs { get; private set; }

    public ITurnScheduler Scheduler => _server.Core.Scheduler;

    public AccessControl Access => _server.Core.Access;

    public VirtualHost VirtualHost => _virtualHost!;

    public Authorizer Authorizer => _authorizer!;

    public RouteCache Routes => _routes!;

    public SettleCollector Settles { get; } = new();

    /// <summary>The batch that publishes of the current read go to.</summary>
    public PublishBatch Batch
    {
        get
        {
            if (_settlesComeFirst) HandOver();
            // Records take about as much as the frames that brought them.
            return _batch ??= PublishBatch.Rent(this, _buffer.Unread.Length);
        }
    }

    public long MessageBytesMax => _server.Options.MessageBytesMax;

    public int? ConsumersPerChannelMax => _server.Options.ConsumersPerChannelMax;

    public long? ConsumerTimeoutMs => _server.ConsumerTimeoutMs;

    public CoarseClock Clock => _server.Clock;

    public byte[] UserUtf8 { get; private set; } = [];

    /// <summary>The user may set other names in the user-id property.</summary>
    public bool MayImpersonate => _rights is not null
        ? _tokenTags.Contains(UserTags.Impersonator)
        : Access.TryGetUser(Authorizer.User, out var user) && user.Tags.Contains(UserTags.Impersonator);

    /// <summary>Serves the client until either side ends. Never throws.</summary>
    public async Task RunAsync()
    {
        if (_server.PeerNames is { } names && Peer is IPEndPoint peer) _ = FindPeerNameAsync(names, peer.Address);
        try
        {
            await ReadLoopAsync();
        }
        catch (Exception error) when (IsTransportFailure(error))
        {
            if (!_abortExplained) AmqpLog.Lost(Logger, Id, Peer, (Writer.Failure ?? error).Message);
        }
        catch (Exception error)
        {
            AmqpLog.Unexpected(Logger, Id, error);
            SendClose(CloseReply.From(AmqpErrors.Internal(), null));
        }

        await EndAsync();
    }

    /// <summary>Exclusive queues go with the connection that declared them.</summary>
    public void OwnQueue(MessageQueue queue) => _ownQueues.Add(queue);

    public void DisownQueue(MessageQueue queue) => _ownQueues.Remove(queue);

    /// <summary>Hands a batch to its queues.</summary>
    public void Dispatch(PublishBatch batch)
    {
        Interlocked.Increment(ref _batchesUnderWay);
        Interlocked.Add(ref _batchBytesUnderWay, batch.Bytes);
        batch.Dispatch(runInline: batch.Bytes <= InlineBatchBytesMax);
    }

    void IBatchOwner.BatchEnded(int bytes)
    {
        Interlocked.Add(ref _batchBytesUnderWay, -bytes);
        Interlocked.Decrement(ref _batchesUnderWay);
        if (HasRoomForBatches && Volatile.Read(ref _batchWaiter) is not null) Interlocked.Exchange(ref _batchWaiter, null)?.TrySetResult();
    }

    private bool HasRoomForBatches =>
        Volatile.Read(ref _batchesUnderWay) < BatchesUnderWayMax && Interlocked.Read(ref _batchBytesUnderWay) < BatchBytesUnderWayMax;

    /// <summary>
    /// The thread that waits for sockets runs this loop, as the server asks for (docs/adr/0021-socket-threads.md): what a slow client sends is
    /// done without a hop to the pool. While it works here, it notices nothing of other connections.
    /// </summary>
    private static bool IsOnSocketThread => !Thread.CurrentThread.IsThreadPoolThread;

    private async Task ReadLoopAsync()
    {
        var readsAtOnce = 0;
        while (_state != ConnectionState.Closed)
        {
            var receiving = _transport.ReceiveAsync(_buffer.GetFree());
            var received = 0;
            if (receiving.IsCompletedSuccessfully)
            {
                readsAtOnce++;
                received = receiving.Result;
            }
            else
            {
                Lend();
                readsAtOnce = 0;
                try
                {
                    received = await receiving;
                }
                finally
                {
                    await TakeBackAsync();
                }
            }

            if (received == 0)
            {
                LogPeerEnded();
                return;
            }

            _buffer.Received(received);
            if (readsAtOnce > BorrowedReadsMax && IsOnSocketThread) await Task.Yield();
            ReceivedBytes += received;
            Traffic.ReceivedBytes = ReceivedBytes;
            Traffic.Receives++;
            NowMs = _server.NowMs;
            while (ProcessFrames() is { } waiting) await WaitAsync(waiting);
            HandOver();
            Writer.Flush();
            _buffer.ShrinkIfIdle();
            await WaitForRoomAsync();
            await WaitForAlarmsAsync();
            if (_timeoutsAreDue) await CloseTimedOutChannelsAsync();
        }
    }

    /// <summary>
    /// What was settled must reach its queue before what is published from now on. Else publishes go first, whatever their order in a read:
    /// a client that passes a message on and acknowledges it then loses nothing when the broker dies in between.
    /// </summary>
    public void SettleFirst() => _settlesComeFirst = true;

    /// <summary>Gives queues what this read has brought for them.</summary>
    private void HandOver()
    {
        _tally.Flush();
        _settlesComeFirst = false;
        if (_batch is { } batch)
        {
            _batch = null;
            Dispatch(batch);
        }

        Settles.Flush(runInline: true);
    }

    /// <summary>Waits for a method that is being carried out. The client's silence means nothing meanwhile: nobody listens.</summary>
    private async ValueTask WaitAsync(Task waiting)
    {
        ReadingPaused = true;
        await waiting;
        ReadingPaused = false;
        Writer.Flush();
        await WaitForRoomAsync();
    }

    /// <summary>Back-pressure: not reading the socket is all it takes.</summary>
    private async ValueTask WaitForRoomAsync()
    {
        // All is said, so reading on can add nothing, and the answer to our close must not wait for what is not read.
        if (IsOver) return;
        var batches = WaitForBatchesAsync();
        if (!batches.IsCompletedSuccessfully)
        {
            ReadingPaused = true;
            _isPushedBack = true;
            await batches;
            Interlocked.Exchange(ref _pushedBackAtMs, _server.UptimeMs);
            _isPushedBack = false;
            ReadingPaused = false;
        }

        var answers = Writer.WaitForRoomAsync();
        if (answers.IsCompletedSuccessfully) return;
        AnswersUnread = true;
        await LendWhileAsync(answers);
        AnswersUnread = false;
    }

    private ValueTask WaitForBatchesAsync()
    {
        if (HasRoomForBatches) return ValueTask.CompletedTask;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _batchWaiter, waiter);
        // Looked at again after the waiter is in place: the last batch may have ended in between.
        if (HasRoomForBatches) waiter.TrySetResult();
        return new ValueTask(waiter.Task);
    }

    private async Task EndAsync()
    {
        try
        {
            _state = ConnectionState.Closed;
            HandOver();
            await EndChannelsAsync();
            // A close method on its way out should still arrive, but a client that does not read cannot hold us up.
            await Task.WhenAny(Writer.DrainAsync(), Task.Delay(TimeSpan.FromSeconds(1), _server.Time));
        }
        catch (Exception error)
        {
            AmqpLog.Unexpected(Logger, Id, error);
        }

        _session?.End();
        Writer.End();
        await _transport.DisposeAsync();
        _buffer.Dispose();
        _virtualHost?.PastTraffic.Add(Traffic);
        if (_virtualHost is not null) _server.Core.Churn.ConnectionClosed();
        TellClosed();
        _server.Ended(this);
    }

    private async Task EndChannelsAsync()
    {
        foreach (var channel in _channels.Values)
        {
            await EndPartAsync(channel.EndAsync());
            Retire(channel);
        }

        lock (Writer.Gate) _channels.Clear();
        _lastChannel = null;
        foreach (var queue in _ownQueues.ToArray()) await EndPartAsync(DeleteOwnQueueAsync(queue));
        _ownQueues.Clear();
    }

    /// <summary>What fails for one channel or queue must not keep the others.</summary>
    private async Task EndPartAsync(Task ending)
    {
        try
        {
            await ending;
        }
        catch (Exception error)
        {
            AmqpLog.Unexpected(Logger, Id, error);
        }
    }

    private async Task DeleteOwnQueueAsync(MessageQueue queue)
    {
        ActingUser.Set(null);
        (await VirtualHost.DeleteQueueAsync(queue, ifUnused: false, ifEmpty: false)).TellConsumers();
    }

    private static bool IsTransportFailure(Exception error) =>
        error is IOException or System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException;

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
