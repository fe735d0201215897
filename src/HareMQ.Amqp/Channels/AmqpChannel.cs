using System.Text;
using HareMQ.Amqp.Connections;
using HareMQ.Amqp.Delivering;
using HareMQ.Amqp.Publishing;
using HareMQ.Broker.Access;
using HareMQ.Broker.Queues;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

/// <summary>One channel of a connection: translates its methods into calls of the core, and what the core has to say into frames.</summary>
/// <remarks>
/// Methods are handled by the connection's read loop, one at a time. Queues call the <see cref="IDeliveryChannel"/> side from their turns; what
/// both sides touch is guarded by the connection writer's gate.
/// </remarks>
internal sealed partial class AmqpChannel : IDeliveryChannel
{
    private readonly AmqpConnection _connection;
    private readonly ConnectionWriter _writer;
    private readonly VirtualHost _virtualHost;
    private readonly Authorizer _authorizer;
    private readonly ushort _number;

    // Owned by the read loop.
    private string? _lastQueue;
    private ushort _prefetch;
    private ConfirmTracker? _confirms;
    private Transaction? _transaction;

    // Guarded by the writer's gate.
    private readonly Dictionary<string, Consumer> _consumers = new(StringComparer.Ordinal);
    private readonly UnsettledDeliveries _unsettled = new();
    private ulong _lastDeliveryTag;
    private bool _ended;

    // Written under the gate, read by queue turns without it.
    private SharedCredit? _sharedCredit;

    public AmqpChannel(AmqpConnection connection, ushort number)
    {
        _connection = connection;
        _writer = connection.Writer;
        _virtualHost = connection.VirtualHost;
        _authorizer = connection.Authorizer;
        _number = number;
    }

    public ushort Number => _number;

    /// <summary>The server has closed the channel and waits for the client's close-ok; until then everything on it is ignored.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>A content method whose header or body has not arrived completely.</summary>
    public ContentAssembly? Content { get; set; }

    /// <summary>Handles a method. Cheap ones complete at once; those that wait for a queue or the disk are awaited by the read loop.</summary>
    /// <exception cref="AmqpException">The method failed; also through the returned task.</exception>
    public ValueTask Handle(AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        switch (method)
        {
            case AmqpMethod.BasicAck: return OnAck(BasicAck.Read(arguments));
            case AmqpMethod.BasicNack: return OnNack(BasicNack.Read(arguments));
            case AmqpMethod.BasicReject: return OnReject(BasicReject.Read(arguments));
            case AmqpMethod.BasicGet: return OnGet(BasicGet.Read(arguments));
            case AmqpMethod.BasicConsume: return OnConsume(BasicConsume.Read(arguments));
            case AmqpMethod.BasicCancel: return OnCancel(BasicCancel.Read(arguments));
            case AmqpMethod.BasicCancelOk: return default;
            case AmqpMethod.BasicQos: return OnQos(BasicQos.Read(arguments));
            case AmqpMethod.BasicRecover: return OnRecover(BasicRecover.Read(arguments).Requeue, answer: true);
            case AmqpMethod.BasicRecoverAsync: return OnRecover(BasicRecoverAsync.Read(arguments).Requeue, answer: false);
            case AmqpMethod.QueueDeclare: return OnQueueDeclare(QueueDeclare.Read(arguments));
            case AmqpMethod.QueueBind: return OnQueueBind(QueueBind.Read(arguments));
            case AmqpMethod.QueueUnbind: return OnQueueUnbind(QueueUnbind.Read(arguments));
            case AmqpMethod.QueuePurge: return OnQueuePurge(QueuePurge.Read(arguments));
            case AmqpMethod.QueueDelete: return OnQueueDelete(QueueDelete.Read(arguments));
            case AmqpMethod.ExchangeDeclare: return OnExchangeDeclare(ExchangeDeclare.Read(arguments));
            case AmqpMethod.ExchangeDelete: return OnExchangeDelete(ExchangeDelete.Read(arguments));
            case AmqpMethod.ExchangeBind: return OnExchangeBind(ExchangeBind.Read(arguments));
            case AmqpMethod.ExchangeUnbind: return OnExchangeUnbind(ExchangeUnbind.Read(arguments));
            case AmqpMethod.ConfirmSelect: return OnConfirmSelect(ConfirmSelect.Read(arguments));
            case AmqpMethod.TxSelect: return OnTxSelect();
            case AmqpMethod.TxCommit: return CommitAsync();
            case AmqpMethod.TxRollback: return OnTxRollback();
            case AmqpMethod.ChannelFlow: return OnFlow(ChannelFlow.Read(arguments));
            case AmqpMethod.ChannelFlowOk: return default;
            case AmqpMethod.AccessRequest:
                _writer.Write(_number, new AccessRequestOk(1));
                return default;
            default:
                throw AmqpErrors.UnexpectedMethod(method);
        }
    }

    /// <summary>Tells the client that the channel has failed and lets go of everything on it.</summary>
    public Task FailAsync(ChannelException error, AmqpMethod? method)
    {
        IsClosing = true;
        Content = null;
        var reply = CloseReply.From(error, method);
        AmqpLog.ChannelFailed(_connection.Logger, _connection.Id, _number, reply.Text);
        lock (_writer.Gate)
        {
            _ended = true;
            // No confirm may follow the close.
            _confirms?.EndLocked();
            _writer.WriteLocked(_number, new ChannelClose((ushort)reply.Code, reply.TextBytes.Span, reply.ClassId, reply.MethodId));
        }

        return EndAsync();
    }

    /// <summary>Lets go of everything: consumers leave their queues, deliveries that are out go back to theirs.</summary>
    public async Task EndAsync()
    {
        Consumer[] consumers;
        lock (_writer.Gate)
        {
            _ended = true;
            consumers = [.. _consumers.Values];
            _consumers.Clear();
            _confirms?.EndLocked();
        }

        RemoveReplyTarget();
        // Of a publish that was refused after its route was found.
        _deduplication.Abandon();
        // Before anything that can fail; nothing is delivered here any more, so what goes back goes to others.
        _transaction?.Abandon(this);
        RequeueAll();
        _connection.Settles.Flush(runInline: false);
        foreach (var consumer in consumers) await DetachAsync(consumer);
    }

    /// <summary>Names lose their line breaks, as in RabbitMQ.</summary>
    private static string Name(ReadOnlySpan<byte> utf8)
    {
        var name = Encoding.UTF8.GetString(utf8);
        return name.AsSpan().IndexOfAny('\r', '\n') < 0 ? name : name.ReplaceLineEndings("").Replace("\r", "").Replace("\n", "");
    }

    /// <summary>Counts are 32 bits wide on the wire.</summary>
    private static uint Count(long messages) => (uint)Math.Min(messages, uint.MaxValue);

    private static FieldTable Table(ReadOnlySpan<byte> encoded) => encoded.IsEmpty ? FieldTable.Empty : FieldTable.FromEncoded(encoded);

    private ValueTask OnFlow(ChannelFlow flow)
    {
        if (!flow.Active) throw AmqpErrors.NotImplemented("active=false");
        _writer.Write(_number, new ChannelFlowOk(true));
        return default;
    }
}
