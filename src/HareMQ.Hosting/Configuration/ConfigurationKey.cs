using System.Globalization;
using System.Text;

namespace HareMQ.Hosting;

/// <summary>
/// A key that HareMQ understands. A name that ends in <c>.*</c> is a family of keys: the text in the star's place is its member.
/// </summary>
internal sealed class ConfigurationKey
{
    public const string AnAddress = "an IPv4 or IPv6 address";

    private static readonly Func<string, string, string?> s_plain = (_, text) => text;
    private static readonly Func<string, string, string?> s_secret = (_, _) => null;

    private readonly Func<ServerSettings, string, string, bool> _apply;
    private readonly Func<string, string, string?> _show;

    private ConfigurationKey(
        string name, string expected, Func<ServerSettings, string, string, bool> apply, Func<string, string, string?> show)
    {
        Name = name;
        Expected = expected;
        _apply = apply;
        _show = show;
    }

    public delegate bool Parser<T>(string text, out T value);

    public string Name { get; }

    /// <summary>The values it takes, for error messages.</summary>
    public string Expected { get; }

    /// <summary>A value of this key, or of one of its family, as error messages and listings may have it.</summary>
    /// <returns>Null: it is secret.</returns>
    public string? Show(string key, string value) => _show(KeyPattern.Member(Name, key), value);

    /// <summary>False: the value is none of those expected, and nothing was changed.</summary>
    public bool TryApply(ServerSettings settings, Setting setting) => _apply(settings, KeyPattern.Member(Name, setting.Key), setting.Value);

    public static ConfigurationKey Of<T>(
        string name, string expected, Parser<T> parse, Action<ServerSettings, string, T> set, bool isSecret = false) =>
        new(name, expected, (settings, member, text) =>
        {
            if (!parse(text, out var value)) return false;
            set(settings, member, value);
            return true;
        }, isSecret ? s_secret : s_plain);

    /// <summary>An address that may hold secrets.</summary>
    public static ConfigurationKey Url(string name, string expected, Parser<Uri?> parse, Func<Uri, string> show, Action<ServerSettings, Uri> set) =>
        new(name, expected, (settings, _, text) =>
        {
            if (!parse(text, out var value)) return false;
            set(settings, value!);
            return true;
        }, (_, text) => parse(text, out var value) ? show(value!) : null);

    /// <summary>Of something that is served over HTTP; null: it is not.</summary>
    public static ConfigurationKey HttpPort(string name, Action<ServerSettings, int?> set) =>
        Of(name, $"{OptionRange.Port}, or none", (string text, out int? port) =>
        {
            port = TryInteger(text, OptionRange.Port, out var number) ? number : null;
            return port is not null || text == "none";
        }, (settings, _, port) => set(settings, port));

    public static ConfigurationKey Integer(string name, OptionRange range, Action<ServerSettings, int> set) =>
        Of(name, range.ToString(),
            (string text, out int value) => TryInteger(text, range, out value), (settings, _, value) => set(settings, value));

    public static ConfigurationKey Limit(string name, OptionRange range, Action<ServerSettings, int?> set) =>
        Of(name, $"{range}, or infinity", (string text, out int? value) => TryLimit(text, range, out value),
            (settings, _, value) => set(settings, value));

    /// <param name="text">What is written.</param>
    /// <param name="range">The numbers that will do.</param>
    /// <param name="value">Null: infinity.</param>
    public static bool TryLimit(string text, OptionRange range, out int? value)
    {
        value = TryInteger(text, range, out var number) ? number : null;
        return value is not null || text == "infinity";
    }

    public static ConfigurationKey Size(string name, OptionRange range, Action<ServerSettings, int> set) =>
        Bytes(name, range, (settings, value) => set(settings, (int)value));

    public static ConfigurationKey Bytes(string name, OptionRange range, Action<ServerSettings, long> set) =>
        Of(name, $"{range}, as a number or with a unit (k M Ki Mi KiB MiB: 1024; kB MB: 1000)",
            (string text, out long value) => ByteSize.TryParse(text, out value) && range.Contains(value),
            (settings, _, value) => set(settings, value));

    /// <summary>A share of the machine's memory.</summary>
    public static ConfigurationKey Share(string name, OptionRange range, Action<ServerSettings, double> set) =>
        Of(name, $"{range}, such as 0.6", (string text, out double value) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && range.Contains(value),
            (settings, _, value) => set(settings, value));

    public static ConfigurationKey Switch(string name, Action<ServerSettings, string, bool> set) =>
        Of<bool>(name, "true or false", bool.TryParse, set);

    public static ConfigurationKey Text(string name, Action<ServerSettings, string> set, bool isSecret = false) =>
        Text(name, (settings, _, value) => set(settings, value), isSecret);

    /// <summary>For a family: the action gets the member too.</summary>
    public static ConfigurationKey Text(string name, Action<ServerSettings, string, string> set, bool isSecret = false) =>
        Of(name, "1 to 255 bytes of text", (string text, out string value) =>
        {
            value = text;
            return text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= 255;
        }, set, isSecret);

    /// <summary>A regular expression.</summary>
    public static ConfigurationKey Pattern(string name, Action<ServerSettings, string> set) =>
        Of(name, "a regular expression", (string text, out string value) =>
        {
            value = text;
            return HareBrokerOptions.IsPattern(text);
        }, (settings, _, value) => set(settings, value));

    public static ConfigurationKey Permission(string name, Func<HarePermissions, string, HarePermissions> with) =>
        Pattern(name, (settings, value) => settings.Broker.DefaultPermissions = with(settings.Broker.DefaultPermissions, value));

    /// <summary>One of a few words, which the error message lists in the order given.</summary>
    public static ConfigurationKey Choice<T>(string name, IReadOnlyList<(string Word, T Value)> choices, Action<ServerSettings, T> set) =>
        Choice(name, choices, (settings, _, value) => set(settings, value));

    /// <inheritdoc cref="Choice{T}(string, IReadOnlyList{ValueTuple{string, T}}, Action{ServerSettings, T})"/>
    public static ConfigurationKey Choice<T>(
        string name, IReadOnlyList<(string Word, T Value)> choices, Action<ServerSettings, string, T> set) =>
        Of(name, string.Join(", ", choices.Select(choice => choice.Word)), (string text, out T value) =>
        {
            foreach (var choice in choices)
            {
                value = choice.Value;
                if (choice.Word == text) return true;
            }
            value = default!;
            return false;
        }, set);

    /// <summary>A family whose members are <c>ID.FIELD</c>: several lines for one thing.</summary>
    /// <param name="name">The family.</param>
    /// <param name="expected">The fields and their values.</param>
    /// <param name="trySet">Gets ID, field and value.</param>
    /// <param name="openFields">The fields that are no secrets; null: none is one.</param>
    public static ConfigurationKey Record(
        string name, string expected, Func<ServerSettings, string, string, string, bool> trySet, string[]? openFields = null) =>
        new(name, expected, (settings, member, text) =>
        {
            var dot = member.LastIndexOf('.');
            return dot > 0 && trySet(settings, member[..dot], member[(dot + 1)..], text);
        }, (member, text) => openFields is null || openFields.Contains(member[(member.LastIndexOf('.') + 1)..]) ? text : null);

    /// <summary>A family whose members say something, too.</summary>
    public static ConfigurationKey Record(string name, string expected, Func<ServerSettings, string, string, bool> trySet) =>
        new(name, expected, trySet, s_plain);

    private static bool TryInteger(string text, OptionRange range, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && range.Contains(value);
}
