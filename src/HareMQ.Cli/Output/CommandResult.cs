using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>What a command found, in a form that every formatter can show.</summary>
internal abstract record CommandResult
{
    /// <summary>Done, and there is nothing to say.</summary>
    public static readonly CommandResult Done = new Nothing();

    public static CommandResult Say(string message) => new Message(message);

    internal sealed record Nothing : CommandResult;

    /// <summary>A sentence.</summary>
    internal sealed record Message(string Text) : CommandResult;

    /// <summary>Several lines.</summary>
    /// <param name="Lines">For people.</param>
    /// <param name="Document">For programs.</param>
    internal sealed record Report(IReadOnlyList<string> Lines, JsonNode Document) : CommandResult;

    /// <summary>One value.</summary>
    internal sealed record Value(JsonNode Content) : CommandResult;

    internal sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<JsonNode?[]> Rows) : CommandResult;
}

/// <summary>One column of a list.</summary>
/// <param name="Name">As it is asked for and shown.</param>
/// <param name="Read">Finds the value in what the HTTP API says of the object; a list is copied by whoever shows it.</param>
/// <param name="AreSymbols">A list of words that are shown without quotes.</param>
internal sealed record Column(string Name, Func<JsonObject, JsonNode?> Read, bool AreSymbols = false)
{
    /// <summary>A field of the API under the same name.</summary>
    public static Column Field(string name) => new(name, json => json[name]);

    public static Column Field(string name, string field) => new(name, json => json[field]);

    /// <summary>A field of an object inside.</summary>
    public static Column Inner(string name, string outer, string field) => new(name, json => (json[outer] as JsonObject)?[field]);

    public static Column[] Fields(params ReadOnlySpan<string> names)
    {
        var columns = new Column[names.Length];
        for (var i = 0; i < names.Length; i++) columns[i] = Field(names[i]);
        return columns;
    }

    public string Text(JsonNode? value) => AreSymbols ? CellText.Symbols(value) : CellText.Of(value);
}
