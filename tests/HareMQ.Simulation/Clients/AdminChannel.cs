using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>Declares, binds, counts, purges, deletes.</summary>
internal sealed class AdminChannel(Client client, ushort number, Ledger ledger, Action<AdminChannel>? whenOpen = null) : ClientChannel(client, number)
{
    private readonly List<QueueModel> _purging = [];
    private Deletion? _deletion;
    private Action<bool>? _probe;

    public void Declare(QueueModel queue, bool passive = false, Action<uint>? then = null)
    {
        var declare = WireWriter.Method(Number, MethodId.QueueDeclare, arguments => arguments
            .Short(0).ShortString(queue.Name).Bits(passive, queue.Durable, false, false, false).Table(queue.Arguments ?? (_ => { })));
        Ask(declare, MethodId.QueueDeclareOk, answer =>
        {
            answer.ShortString();
            then?.Invoke(answer.Long());
        });
    }

    public void DeclareExchange(string name, string type, Action<WireWriter>? arguments = null) => Ask(
        WireWriter.Method(Number, MethodId.ExchangeDeclare, declare => declare
            .Short(0).ShortString(name).ShortString(type).Bits(false, true, false, false, false).Table(arguments ?? (_ => { }))),
        MethodId.ExchangeDeclareOk);

    public void Bind(string queue, string exchange, string routingKey) => Ask(
        WireWriter.Method(Number, MethodId.QueueBind, bind => bind
            .Short(0).ShortString(queue).ShortString(exchange).ShortString(routingKey).Bits(false).EmptyTable()),
        MethodId.QueueBindOk);

    /// <summary>Lets the broker catch up: what was asked for before is done by then.</summary>
    public void Then(Action action) => Ask(
        WireWriter.Method(Number, MethodId.BasicQos, arguments => arguments.Long(0).Short(1).Bits(false)), MethodId.BasicQosOk, _ => action());

    /// <summary>Asks whether the queue is there. One at a time.</summary>
    public void Probe(QueueModel queue, Action<bool> then)
    {
        _probe = then;
        Declare(queue, passive: true, _ =>
        {
            _probe = null;
            then(true);
        });
    }

    /// <param name="queue">Which.</param>
    /// <param name="isUntouched">Nobody is there who could take something from it.</param>
    public void Purge(QueueModel queue, Func<bool> isUntouched)
    {
        ledger.Note($"purge {queue.Name}");
        _purging.Add(queue);
        var (askedAt, ready, (min, _)) = (ledger.Now, ledger.Held(queue), ledger.Count(queue));
        Ask(WireWriter.Method(Number, MethodId.QueuePurge, purge => purge.Short(0).ShortString(queue.Name).Bits(false)), MethodId.QueuePurgeOk,
            answer =>
            {
                var stayedUntouched = isUntouched() && queue.TouchedAt < askedAt;
                ledger.Purged(queue, stayedUntouched ? ready : []);
                _purging.Remove(queue);
                CheckCount(queue, "purged", answer.Long(), stayedUntouched ? min : 0);
            });
    }

    /// <summary>One at a time.</summary>
    /// <param name="queue">Which.</param>
    /// <param name="condition">Under which the broker may do it.</param>
    /// <param name="isUntouched">Nobody is there who could take something from it.</param>
    public void Delete(QueueModel queue, DeleteCondition condition, Func<bool> isUntouched)
    {
        ledger.Note($"delete {queue.Name}, {condition}");
        var deletion = new Deletion(queue, condition, ledger.Now, isUntouched, ledger.Count(queue).Min);
        _deletion = deletion;
        queue.IsBeingDeleted = true;
        var held = ledger.Held(queue);
        var delete = WireWriter.Method(Number, MethodId.QueueDelete, arguments => arguments
            .Short(0).ShortString(queue.Name).Bits(condition == DeleteCondition.IfUnused, condition == DeleteCondition.IfEmpty, false));
        Ask(delete, MethodId.QueueDeleteOk, answer =>
        {
            _deletion = null;
            CheckDeleted(deletion, answer.Long());
            foreach (var (channel, at) in queue.Consumers)
                if (at < deletion.AskedAt) ((ConsumerChannel)channel).AwaitsCancel = true;
            ledger.Deleted(queue, held, Loss.Deleted);
        });
    }

    protected override void OnOpen() => whenOpen?.Invoke(this);

    protected override void OnClosing()
    {
        // Done, perhaps, although nobody has heard of it.
        foreach (var queue in _purging) ledger.MayHaveLost(queue);
        if (_deletion is { } deletion) ledger.MayHaveLost(deletion.Queue);
        _probe = null;
    }

    protected override void OnClosed()
    {
        foreach (var queue in _purging) ledger.MayHaveLost(queue);
        _purging.Clear();
    }

    /// <summary>A queue that is not there, or a condition that did not hold.</summary>
    protected override bool Explains(ushort code)
    {
        if (code == 404 && _probe is { } probe)
        {
            _probe = null;
            probe(false);
            return true;
        }

        if (code != 406 || _deletion is not { } deletion || deletion.Condition == DeleteCondition.None) return false;
        var (queue, stayedUntouched) = (deletion.Queue, deletion.IsUntouched() && deletion.Queue.TouchedAt < deletion.AskedAt);
        if (deletion.Condition == DeleteCondition.IfUnused && stayedUntouched)
            throw new BrokenPromiseException($"{queue.Name} is said to be in use, and nobody can have used it.");
        if (deletion.Condition == DeleteCondition.IfEmpty && ledger.Count(queue).Max == 0)
            throw new BrokenPromiseException($"{queue.Name} is said to hold messages, and cannot hold any.");
        _deletion = null;
        queue.IsBeingDeleted = false;
        return true;
    }

    protected override void OnClosedByServer(ushort code)
    {
        if (code is 404 or 406) Open();
    }

    private void CheckDeleted(Deletion deletion, uint count)
    {
        var queue = deletion.Queue;
        var stayedUntouched = deletion.IsUntouched() && queue.TouchedAt < deletion.AskedAt;
        var min = stayedUntouched ? deletion.CountMin : 0;
        CheckCount(queue, "deleted", count, min);
        if (deletion.Condition == DeleteCondition.IfEmpty && (count > 0 || (min > 0 && !queue.Drops && !Client.MayFail)))
            throw new BrokenPromiseException($"{queue.Name} is deleted as empty, with {Math.Max((int)count, min)} messages.");
        if (deletion.Condition == DeleteCondition.IfUnused && queue.Consumers.Exists(one => one.At < deletion.AskedAt))
            throw new BrokenPromiseException($"{queue.Name} is deleted as unused, with a consumer.");
    }

    private void CheckCount(QueueModel queue, string what, uint count, int min)
    {
        // A policy may have come in between, and dropped some. A queue that cannot read has nothing to purge.
        if (count < min && !queue.Drops && !Client.MayFail) throw new BrokenPromiseException($"{queue.Name} is {what} with {count} messages in place of {min} or more.");
    }

    private sealed record Deletion(QueueModel Queue, DeleteCondition Condition, long AskedAt, Func<bool> IsUntouched, int CountMin);
}

internal enum DeleteCondition
{
    None,
    IfEmpty,
    IfUnused,
}
