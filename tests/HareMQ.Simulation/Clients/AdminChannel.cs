using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>Declares, binds, counts, purges.</summary>
internal sealed class AdminChannel(Client client, ushort number, Ledger ledger, Action<AdminChannel>? whenOpen = null) : ClientChannel(client, number)
{
    private readonly List<QueueModel> _purging = [];

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

    public void Purge(QueueModel queue)
    {
        ledger.Note($"purge {queue.Name}");
        _purging.Add(queue);
        Ask(WireWriter.Method(Number, MethodId.QueuePurge, purge => purge.Short(0).ShortString(queue.Name).Bits(false)), MethodId.QueuePurgeOk,
            _ =>
            {
                ledger.MayHaveLost(queue);
                _purging.Remove(queue);
            });
    }

    protected override void OnOpen() => whenOpen?.Invoke(this);

    protected override void OnClosing()
    {
        // Done, perhaps, although nobody has heard of it.
        foreach (var queue in _purging) ledger.MayHaveLost(queue);
    }

    protected override void OnClosed()
    {
        foreach (var queue in _purging) ledger.MayHaveLost(queue);
        _purging.Clear();
    }
}
