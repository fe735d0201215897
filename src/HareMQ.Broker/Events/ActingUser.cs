namespace HareMQ.Broker.Events;

/// <summary>
/// On whose behalf something is done: who has logged in where the current call began. It flows along with asynchronous calls, so that what
/// is between a client and a definition need not pass it on.
/// </summary>
internal static class ActingUser
{
    /// <summary>RabbitMQ's name for what nobody has asked for.</summary>
    public const string Broker = "rmq-internal";

    private static readonly AsyncLocal<string?> s_name = new();

    public static string Name => s_name.Value ?? Broker;

    /// <summary>Holds for the rest of the calling method if it is asynchronous, else of the one that is.</summary>
    /// <param name="name">Null: the broker itself.</param>
    public static void Set(string? name) => s_name.Value = name;
}
