using HareMQ.Simulation.Clients;
using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Runs;

/// <param name="Exchange">Where to publish.</param>
/// <param name="Key">The routing key.</param>
/// <param name="IsDelaying">The exchange holds messages back.</param>
/// <param name="Queues">Where that leads.</param>
internal sealed record Route(string Exchange, string Key, bool IsDelaying, IReadOnlyList<QueueModel> Queues)
{
    /// <summary>Messages have keys by which duplicates are known.</summary>
    public bool Deduplicates => Queues[0].Deduplication != Deduplication.None;
}

/// <summary>The queues and exchanges of a run: some of every kind that the broker has.</summary>
internal sealed class Scenario
{
    private const string Fanout = "ex.fan";
    private const string Delaying = "ex.delay";
    private const string Once = "ex.once";

    private const int ExpiresAfterMs = 1500;

    private readonly List<QueueModel> _fanned;
    private readonly bool _deduplicates;
    private readonly QueueModel _late = new("q.late") { MayBeDeleted = true };
    private readonly QueueModel _once = new("q.once") { Deduplication = Deduplication.InExchange };

    public Scenario(Random random)
    {
        More = new QueueModel("q.more") { MayBeDeleted = true };
        QueueModel[] kinds =
        [
            new("q.passing") { Durable = false, MayBeDeleted = true },
            new("q.priority") { HasPriorities = true, Arguments = arguments => Number(arguments, "x-max-priority", 3) },
            WithDeadLetters("q.ttl", arguments => Number(arguments, "x-message-ttl", 400)),
            WithDeadLetters("q.short", arguments => Number(arguments, "x-max-length", 6)),
            WithDeadLetters("q.quorum", arguments => Number(arguments.StringField("x-queue-type", "quorum"), "x-delivery-limit", 2), keepsTransient: true),
            new("q.refusing") { MayRefuse = true, Arguments = arguments => Number(arguments.StringField("x-overflow", "reject-publish"), "x-max-length", 5) },
            new("q.dropping") { Drops = true, Arguments = arguments => Number(arguments, "x-max-length-bytes", 900) },
            new("q.single") { IsSingleActive = true, Arguments = arguments => arguments.BooleanField("x-single-active-consumer", true) },
            new("q.fleeting") { ExpiresAfterMs = ExpiresAfterMs, Drops = true, Arguments = arguments => Number(arguments, "x-expires", ExpiresAfterMs) },
        ];
        random.Shuffle(kinds);
        QueueModel[] direct = [new QueueModel("q.plain") { MayBeDeleted = true }, More, .. kinds[..random.Next(2, 5)]];
        // What expires may do so between its declaration and its binding.
        _fanned = [.. direct.Where(queue => random.Next(2) == 0 && queue.ExpiresAfterMs is null)];
        // Never behind the fanout: a message with a key has one queue.
        Direct = random.Next(2) == 0 ? direct : [.. direct, new QueueModel("q.keys")
        {
            Deduplication = Deduplication.InQueue,
            Arguments = arguments => arguments.BooleanField("x-message-deduplication", true),
        }];
        _deduplicates = random.Next(2) == 0;
        Routes =
        [
            .. Direct.Select(queue => new Route("", queue.Name, IsDelaying: false, [queue])),
            .. _fanned.Count == 0 ? Array.Empty<Route>() : [new Route(Fanout, "", IsDelaying: false, _fanned)],
            new Route(Delaying, "late", IsDelaying: true, [_late]),
            .. _deduplicates ? [new Route(Once, "once", IsDelaying: false, [_once])] : Array.Empty<Route>(),
        ];
        All =
        [
            .. Direct, .. Direct.Where(queue => queue.DeadLetters is not null).Select(queue => queue.DeadLetters!), _late,
            .. _deduplicates ? [_once] : Array.Empty<QueueModel>(),
        ];
    }

    /// <summary>A plain queue whose policies change.</summary>
    public QueueModel More { get; }

    public IReadOnlyList<QueueModel> Direct { get; }

    public IReadOnlyList<QueueModel> All { get; }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>The queue that expires; null in a run without one.</summary>
    public QueueModel? Fleeting => Direct.FirstOrDefault(queue => queue.ExpiresAfterMs is not null);

    /// <summary>Everything that is there already stays as it is.</summary>
    public void Declare(AdminChannel channel)
    {
        channel.DeclareExchange(Fanout, "fanout");
        channel.DeclareExchange(Delaying, "x-delayed-message", arguments => arguments.StringField("x-delayed-type", "direct"));
        if (_deduplicates) channel.DeclareExchange(Once, "direct", arguments => arguments.BooleanField("x-message-deduplication", true));
        foreach (var queue in All) Declare(channel, queue);
    }

    /// <summary>One queue, with its bindings.</summary>
    public void Declare(AdminChannel channel, QueueModel queue)
    {
        channel.Declare(queue);
        if (_fanned.Contains(queue)) channel.Bind(queue.Name, Fanout, "");
        if (ReferenceEquals(queue, _late)) channel.Bind(queue.Name, Delaying, "late");
        if (ReferenceEquals(queue, _once)) channel.Bind(queue.Name, Once, "once");
    }

    private static QueueModel WithDeadLetters(string name, Action<WireWriter> arguments, bool keepsTransient = false)
    {
        var dead = new QueueModel($"{name}.dead") { KeepsOrder = false, MayBeDeleted = true };
        return new QueueModel(name)
        {
            DeadLetters = dead,
            MayBeDeleted = true,
            KeepsTransient = keepsTransient,
            Arguments = table =>
            {
                arguments(table);
                table.StringField("x-dead-letter-exchange", "").StringField("x-dead-letter-routing-key", dead.Name);
            },
        };
    }

    private static void Number(WireWriter arguments, string name, uint value) => arguments.ShortString(name).Octet((byte)'I').Long(value);
}
