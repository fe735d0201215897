using System.Globalization;
using HareMQ.Protocol;

namespace HareMQ.Broker.Deduplication;

/// <summary>The arguments by which an exchange or a queue is told to drop duplicates: those of RabbitMQ's plugin and of LavinMQ.</summary>
internal static class DeduplicationArguments
{
    /// <summary>Switches it on. Also the name of the plugin's exchange type.</summary>
    public const string Enabled = "x-message-deduplication";

    public const string CacheSize = "x-cache-size";

    /// <summary>Milliseconds. A message may bring its own in a header of this name.</summary>
    public const string CacheTtl = "x-cache-ttl";

    public const string CachePersistence = "x-cache-persistence";

    /// <summary>Names the header that holds a message's key; the default header has the same name.</summary>
    public const string Header = "x-deduplication-header";

    public static IReadOnlyList<string> All { get; } = [Enabled, CacheSize, CacheTtl, CachePersistence, Header];

    /// <param name="arguments">Of the exchange or queue.</param>
    /// <param name="always">The exchange is of the plugin's type, whatever <see cref="Enabled"/> says.</param>
    /// <returns>Null: duplicates are welcome.</returns>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: an argument is not usable.</exception>
    public static DeduplicationSettings? Read(FieldTable arguments, bool always = false)
    {
        if (!IsEnabled(arguments) && !always) return null;
        var header = DeduplicationSettings.DefaultHeader;
        if (arguments.TryGet(Header, out var name) && !name.TryGetString(out header!)) throw DeduplicationErrors.Invalid(Header, "a string", name);
        if (arguments.TryGet(CachePersistence, out var persistence)
            && !(persistence.TryGetString(out var kind) && kind == "memory"))
            throw DeduplicationErrors.Invalid(CachePersistence, "memory, for keys are not written to disk", persistence);
        var size = Number(arguments, CacheSize, DeduplicationSettings.CacheSizeMax);
        return new DeduplicationSettings(header)
        {
            CacheSize = (int)(size ?? DeduplicationSettings.DefaultCacheSize),
            CacheTtlMs = Number(arguments, CacheTtl, Queues.QueueSettings.TimeMaxMs),
            IsWindow = size is not null || arguments.TryGet(CacheTtl, out _),
        };
    }

    private static bool IsEnabled(FieldTable arguments)
    {
        if (!arguments.TryGet(Enabled, out var value)) return false;
        return value.TryGetBoolean(out var on) ? on : throw DeduplicationErrors.Invalid(Enabled, "true or false", value);
    }

    /// <summary>As a number, or, as examples of the plugin have it, as its digits.</summary>
    private static long? Number(FieldTable arguments, string name, long max)
    {
        if (!arguments.TryGet(name, out var value)) return null;
        var isNumber = value.TryGetInteger(out var number)
            || (value.TryGetString(out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number));
        return isNumber && number >= 1 && number <= max ? number : throw DeduplicationErrors.Invalid(name, $"a number from 1 to {max}", value);
    }
}
