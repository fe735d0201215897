using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>Consumes from one queue, and settles when its owner says so.</summary>
internal sealed class ConsumerChannel(Client client, ushort number, Ledger ledger, QueueModel queue) : ClientChannel(client, number)
{
    private const string Tag = "c";

    private readonly List<(ulong Tag, Copy Copy)> _unsettled = [];

    // Settled, but perhaps not read by the broker yet: where the client's stream was afterwards.
    private readonly List<(long SentBytes, Copy Copy)> _onTheirWay = [];
    private OrderCheck _order = null!;
    private ulong _lastTag;

    // What an earlier consumer of the channel has, does not count.
    private ulong _tagBefore;
    private bool _isAsking;
    private bool _isLeaving;
    private long _requestedAt;

    public QueueModel Queue => queue;

    public bool AutoAck { get; init; }

    public ushort Prefetch { get; init; }

    /// <summary>The prefetch is the channel's: what its consumers before have and have not settled counts as well.</summary>
    public bool SharesPrefetch { get; init; }

    /// <summary>Settles each delivery as it comes.</summary>
    public bool AcknowledgesAtOnce { get; init; }

    /// <summary>Nobody else consumes, and nothing comes back: then even what was delivered before comes in order.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Gets messages one by one instead of having them sent.</summary>
    public bool Polls { get; init; }

    public bool IsConsuming { get; private set; }

    /// <summary>Its queue is gone, which the broker has still to say.</summary>
    public bool AwaitsCancel { get; set; }

    public int UnsettledCount => _unsettled.Count;

    public void Consume()
    {
        IsConsuming = true;
        _requestedAt = ledger.Now;
        _tagBefore = _lastTag;
        _order = new OrderCheck(queue, IsAlone);
        Ask(WireClient.Consume(Number, queue.Name, Tag, noAck: AutoAck), MethodId.BasicConsumeOk, _ => queue.Consumers.Add((this, ledger.Now)));
    }

    public void Cancel()
    {
        StopConsuming();
        Ask(WireWriter.Method(Number, MethodId.BasicCancel, arguments => arguments.ShortString(Tag).Bits(false)), MethodId.BasicCancelOk);
    }

    public void Get()
    {
        if (_isAsking) return;
        _isAsking = true;
        _requestedAt = ledger.Now;
        // Get-ok is a content, get-empty an answer.
        Client.Send(WireClient.Get(Number, queue.Name, AutoAck));
    }

    /// <summary>A queue that was deleted has been declared again.</summary>
    public void QueueIsBack()
    {
        if (Client is not { IsOpen: true } || IsClosing || AwaitsAnswer) return;
        if (!IsOpen) Open();
        else if (!Polls && !IsConsuming) Consume();
    }

    /// <summary>Settles one delivery, or all up to it.</summary>
    /// <param name="index">Which.</param>
    /// <param name="isMultiple">All before it, too.</param>
    /// <param name="settlement">How.</param>
    public void Settle(int index, bool isMultiple, ClientSettlement settlement)
    {
        var tag = _unsettled[index].Tag;
        var first = isMultiple ? 0 : index;
        Client.Send(settlement switch
        {
            ClientSettlement.Acknowledge => WireWriter.Method(Number, MethodId.BasicAck, arguments => arguments.LongLong(tag).Bits(isMultiple)),
            _ => WireWriter.Method(Number, MethodId.BasicNack,
                arguments => arguments.LongLong(tag).Bits(isMultiple, settlement == ClientSettlement.Requeue)),
        });
        ledger.Note($"{Client.Name}, channel {Number}: {settlement} {string.Join(", ", _unsettled[first..(index + 1)].Select(one => one.Copy.Message.Id))} of {queue.Name}");
        foreach (var (_, copy) in _unsettled[first..(index + 1)])
        {
            if (settlement == ClientSettlement.Requeue)
            {
                ledger.Return(copy);
                continue;
            }

            if (settlement == ClientSettlement.Acknowledge) ledger.Acknowledge(copy);
            else ledger.Discard(copy);
            _onTheirWay.Add((Client.SentBytes, copy));
        }

        _unsettled.RemoveRange(first, index + 1 - first);
    }

    protected override void OnOpen()
    {
        queue.TouchedAt = ledger.Now;
        _lastTag = 0;
        _isAsking = false;
        IsConsuming = false;
        if (Prefetch > 0)
        {
            var qos = WireWriter.Method(Number, MethodId.BasicQos, arguments => arguments.Long(0).Short(Prefetch).Bits(SharesPrefetch));
            Ask(qos, MethodId.BasicQosOk);
        }

        if (queue.IsExclusive)
        {
            var declare = WireWriter.Method(Number, MethodId.QueueDeclare,
                arguments => arguments.Short(0).ShortString(queue.Name).Bits(false, false, true, false, false).EmptyTable());
            Ask(declare, MethodId.QueueDeclareOk);
        }

        if (!Polls) Consume();
    }

    protected override void OnClosed()
    {
        if (_isLeaving) ledger.EndLeaving(queue, AutoAck);
        _isLeaving = false;
    }

    protected override void OnClosing()
    {
        if (!_isLeaving) ledger.BeginLeaving(queue, AutoAck);
        _isLeaving = true;
        foreach (var (_, copy) in _unsettled) ledger.Return(copy);
        _unsettled.Clear();
        foreach (var (sentBytes, copy) in _onTheirWay)
            if (sentBytes > Client.TakenBytes || Client.MayFail) ledger.Unsettle(copy);
        _onTheirWay.Clear();
        StopConsuming();
    }

    /// <summary>Nobody may consume or get from a queue that is not there.</summary>
    protected override bool Explains(ushort code) => code == 404 && queue.WasMissingSince(_requestedAt);

    protected override void OnClosedByServer(ushort code)
    {
        // It may have come back before this channel heard that it had gone.
        if (!queue.IsBeingDeleted && queue.BackAt >= _requestedAt) QueueIsBack();
    }

    protected override bool OnEvent(MethodId method, WireReader arguments)
    {
        if (method == MethodId.BasicCancel)
        {
            StopConsuming();
            if (!queue.WasMissingSince(_requestedAt)) Client.ExplainClose($"the consumer of {queue.Name} is cancelled");
            return true;
        }

        if (method != MethodId.BasicGetEmpty) return false;
        _isAsking = false;
        return true;
    }

    protected override void OnContent(MethodId method, WireReader arguments, ReadOnlySpan<byte> body)
    {
        if (method == MethodId.BasicDeliver && arguments.ShortString() != Tag) throw Unexpected("a delivery for another consumer");
        if (method == MethodId.BasicGetOk) _isAsking = false;
        var tag = arguments.LongLong();
        if (tag != ++_lastTag) throw Unexpected($"delivery tag {tag} in the place of {_lastTag}");
        var isRedelivered = (arguments.Octet() & 1) != 0;
        var copy = ledger.Deliver(queue, body, isRedelivered, AutoAck, _requestedAt);
        if (method == MethodId.BasicDeliver && queue.IsSingleActive) CheckSingle();
        if (method == MethodId.BasicDeliver) _order.Delivered(copy.Message, isRedelivered);
        if (AutoAck) return;
        _unsettled.Add((tag, copy));
        if (method == MethodId.BasicDeliver && Prefetch > 0 && _unsettled.Count(one => SharesPrefetch || one.Tag > _tagBefore) > Prefetch)
            throw Unexpected($"one delivery more with a prefetch of {Prefetch}");
        if (AcknowledgesAtOnce) Settle(_unsettled.Count - 1, isMultiple: true, ClientSettlement.Acknowledge);
    }

    private void StopConsuming()
    {
        IsConsuming = AwaitsCancel = false;
        queue.Consumers.RemoveAll(one => ReferenceEquals(one.Channel, this));
    }

    /// <summary>Somebody who was there before this one asked, and still is, is the one to get everything.</summary>
    private void CheckSingle()
    {
        if (queue.Consumers.Exists(one => !ReferenceEquals(one.Channel, this) && one.At < _requestedAt))
            throw Unexpected($"a delivery of {queue.Name}, where another consumer is the active one");
    }
}

internal enum ClientSettlement
{
    Acknowledge,
    Requeue,
    Discard,
}
