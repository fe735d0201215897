using HareMQ.Crash.Brokers;
using HareMQ.Crash.Traffic;
using RabbitMQ.Client.Exceptions;

namespace HareMQ.Crash.Damage;

/// <summary>
/// Files of a killed broker are damaged in one way: it starts, keeps everything that is not damaged, never delivers what is, and
/// says in its log what it dropped and where.
/// </summary>
internal sealed class DamageCase(DamageKind kind, DamagedStore store) : ICrashCase
{
    public string Name => $"damage: {kind.Name}";

    public static IReadOnlyList<ICrashCase> CreateAll(DamagedStore store) =>
        [.. DamageKind.All.Select(kind => new DamageCase(kind, store)), .. NewerFormatCase.CreateAll(store)];

    public async Task RunAsync(CaseContext context)
    {
        await store.CopyToAsync(context.DataDirectory);
        var damaged = kind.Deal(new StoreFiles(context.DataDirectory), context.Random);
        var ledger = store.CreateLedger(damaged);
        await using var broker = await BrokerProcess.StartAsync(context.DataDirectory);
        await Drain.RunAsync(broker.Uri, ledger);
        ledger.CheckAll();
        await CheckDefinedQueuesAsync(broker.Uri, damaged, context.DataDirectory);
        if (damaged.IsLoggedBy is { } isLogged) await broker.LoggedAsync(isLogged, "what was dropped and where");
        context.Summary = $"{damaged.Lost.Count} messages and {damaged.LostQueues.Count} queues in the damage";
    }

    private static async Task CheckDefinedQueuesAsync(Uri uri, Damaged damaged, string dataDirectory)
    {
        await using var connection = await Client.ConnectAsync(uri, "defined queues");
        for (var i = 0; DamagedStore.NameOfDefined(i) is var name && i < DamagedStore.DefinedQueues; i++)
        {
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                var message = await channel.BasicGetAsync(name, autoAck: false);
                if (damaged.LostQueues.Contains(name)) throw new BrokenPromiseException($"{name} is there, its definition was destroyed");
                if (message is null || !message.Body.Span.SequenceEqual(DamagedStore.BodyOfDefined(i)))
                    throw new BrokenPromiseException($"{name} lost its message");
            }
            catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == 404)
            {
                if (!damaged.LostQueues.Contains(name)) throw new BrokenPromiseException($"{name} is missing");
                CheckStillOnDisk(name, DamagedStore.BodyOfDefined(i), dataDirectory);
            }
        }
    }

    /// <summary>Messages are not damaged by the loss of their queue's definition.</summary>
    private static void CheckStillOnDisk(string name, byte[] body, string dataDirectory)
    {
        foreach (var file in Directory.GetFiles(dataDirectory, "*", SearchOption.AllDirectories))
            if (Path.GetFileName(file) != "lock" && File.ReadAllBytes(file).AsSpan().IndexOf(body) >= 0) return;
        throw new BrokenPromiseException($"The definition of {name} was destroyed, and the broker deleted the queue's undamaged messages");
    }
}
