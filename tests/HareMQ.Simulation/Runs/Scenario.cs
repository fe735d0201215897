using HareMQ.Simulation.Clients;
using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Runs;

/// <param name="Exchange">Where to publish.</param>
/// <param name="Key">The routing key.</param>
/// <param name="IsDelaying">The exchange holds messages back.</param>
/// <param name="Queues">Where that leads.</param>
internal sealed record Route(string Exchange, string Key, bool IsDelaying, IReadOnlyList<QueueModel> Queues);

/// <summary>The queues and exchanges of a run: some of every kind that the broker has.</summary>
internal sealed class Scenario
{
    private const string Fanout = "ex.fan";
    private const string Delaying = "ex.delay";

    private readonly List<QueueModel> _fanned;
    private readonly QueueModel _late = new("q.late");

    public Scenario(Random random)
    {
        More = new QueueModel("q.more");
        QueueModel[] kinds =
        [
            new("q.passing") { Durable = false },
            new("q.priority") { HasPriorities = true, Arguments = arguments => Number(arguments, "x-max-priority", 3) },
            WithDeadLetters("q.ttl", arguments => Number(arguments, "x-message-ttl", 400)),
            WithDeadLetters("q.short", arguments => Number(arguments, "x-max-length", 6)),
            WithDeadLetters("q.quorum", arguments => Number(arguments.StringField("x-queue-type", "quorum"), "x-delivery-limit", 2), keepsTransient: true),
            new("q.refusing") { MayRefuse = true, Arguments = arguments => Number(arguments.StringField("x-overflow", "reject-publish"), "x-max-length", 5) },
            new("q.dropping") { Drops = true, Arguments = arguments => Number(arguments, "x-max-length-bytes", 900) },
            new("q.single") { Arguments = arguments => arguments.BooleanField("x-single-active-consumer", true) },
        ];
        random.Shuffle(kinds);
        Direct = [new QueueModel("q.plain"), More, .. kinds[..random.Next(2, 5)]];
        _fanned = [.. Direct.Where(_ => random.Next(2) == 0)];
        Routes =
        [
            .. Direct.Select(queue => new Route("", queue.Name, IsDelaying: false, [queue])),
            .. _fanned.Count == 0 ? Array.Empty<Route>() : [new Route(Fanout, "", IsDelaying: false, _fanned)],
            new Route(Delaying, "late", IsDelaying: true, [_late]),
        ];
        All = [.. Direct, .. Direct.Where(queue => queue.DeadLetters is not null).Select(queue => queue.DeadLetters!), _late];
    }

    /// <summary>A plain queue whose policies change.</summary>
    public QueueModel More { get; }

    public IReadOnlyList<QueueModel> Direct { get; }

    public IReadOnlyList<QueueModel> All { get; }

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>Everything that is there already stays as it is.</summary>
    public void Declare(AdminChannel channel)
    {
        foreach (var queue in All) channel.Declare(queue);
        channel.DeclareExchange(Fanout, "fanout");
        channel.DeclareExchange(Delaying, "x-delayed-message", arguments => arguments.StringField("x-delayed-type", "direct"));
        foreach (var queue in _fanned) channel.Bind(queue.Name, Fanout, "");
        channel.Bind(_late.Name, Delaying, "late");
    }

    private static QueueModel WithDeadLetters(string name, Action<WireWriter> arguments, bool keepsTransient = false)
    {
        var dead = new QueueModel($"{name}.dead") { KeepsOrder = false };
        return new QueueModel(name)
        {
            DeadLetters = dead,
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
