using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>Publishes with confirms, in transactions, or without ever hearing of it again.</summary>
internal sealed class PublisherChannel(Client client, ushort number, Ledger ledger, Func<int> nextPublisher, PublisherKind kind)
    : ClientChannel(client, number)
{
    private const int BodyFrameBytesMax = 4000;

    // In the order of their numbers.
    private readonly SortedDictionary<ulong, Message> _unconfirmed = [];
    private readonly List<Message> _transaction = [];
    private ulong _lastNumber;

    /// <summary>New for each life of the channel: order is promised within one.</summary>
    public int Publisher { get; private set; }

    public int UnconfirmedCount => _unconfirmed.Count;

    public PublisherKind Kind => kind;

    public void Publish(string exchange, string routingKey, Message message, int? expirationMs, int? delayMs)
    {
        if (kind == PublisherKind.Transactional)
        {
            message.Outcome = Outcome.Uncommitted;
            _transaction.Add(message);
        }
        else if (kind == PublisherKind.Confirming)
        {
            _unconfirmed.Add(++_lastNumber, message);
        }

        Client.Send(Encode(exchange, routingKey, message, expirationMs, delayMs));
    }

    public void Commit()
    {
        var messages = _transaction.ToArray();
        _transaction.Clear();
        // From now on they may be delivered.
        foreach (var message in messages) message.Outcome = Outcome.Open;
        Ask(WireWriter.Method(Number, MethodId.TxCommit), MethodId.TxCommitOk, _ =>
        {
            foreach (var message in messages) ledger.Confirm(message);
        });
    }

    public void Rollback()
    {
        foreach (var message in _transaction) message.Outcome = Outcome.RolledBack;
        _transaction.Clear();
        Ask(WireWriter.Method(Number, MethodId.TxRollback), MethodId.TxRollbackOk);
    }

    protected override void OnOpen()
    {
        Publisher = nextPublisher();
        _lastNumber = 0;
        if (kind == PublisherKind.Transactional) Ask(WireWriter.Method(Number, MethodId.TxSelect), MethodId.TxSelectOk);
        else if (kind == PublisherKind.Confirming) Ask(WireWriter.Method(Number, MethodId.ConfirmSelect, arguments => arguments.Bits(false)), MethodId.ConfirmSelectOk);
    }

    protected override void OnClosing()
    {
        _unconfirmed.Clear();
        foreach (var message in _transaction) message.Outcome = Outcome.RolledBack;
        _transaction.Clear();
    }

    protected override bool OnEvent(MethodId method, WireReader arguments)
    {
        if (method != MethodId.BasicAck && method != MethodId.BasicNack) return false;
        var number = arguments.LongLong();
        var isMultiple = (arguments.Octet() & 1) != 0;
        var answered = isMultiple ? _unconfirmed.Keys.TakeWhile(open => open <= number).ToArray() : [number];
        if (number > _lastNumber || answered.Length == 0) throw Unexpected($"a confirm of {number}, which is no open publish");
        // In order: one that is passed over would have to come later.
        foreach (var one in answered)
        {
            if (!_unconfirmed.Remove(one, out var message)) throw Unexpected($"a confirm of {one}, which is no open publish");
            if (method == MethodId.BasicAck) ledger.Confirm(message);
            else ledger.Refuse(message, Client.MayFail);
        }

        return true;
    }

    private byte[] Encode(string exchange, string routingKey, Message message, int? expirationMs, int? delayMs)
    {
        var header = WireWriter.Header(Number, (ulong)message.BodyBytes, properties =>
        {
            var hasHeaders = delayMs is not null || message.Key is not null;
            properties.Short((ushort)((hasHeaders ? 0x2000 : 0) | 0x1800 | (expirationMs is null ? 0 : 0x0100)));
            if (hasHeaders)
            {
                properties.Table(table =>
                {
                    if (delayMs is { } delay) table.ShortString("x-delay").Octet((byte)'I').Long((uint)delay);
                    if (message.Key is { } key) table.StringField("x-deduplication-header", key);
                });
            }

            properties.Octet((byte)(message.Persistent ? 2 : 1)).Octet(message.Priority);
            if (expirationMs is { } expiration) properties.ShortString(expiration.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
        byte[] bytes = [.. WireClient.PublishMethod(Number, exchange, routingKey), .. header];
        return [.. bytes, .. message.Body().Chunk(BodyFrameBytesMax).SelectMany(piece => WireWriter.Body(Number, piece))];
    }
}

internal enum PublisherKind
{
    Confirming,
    Transactional,
    Silent,
}
