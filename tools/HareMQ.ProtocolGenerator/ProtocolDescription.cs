using System.Text.Json;

namespace HareMQ.ProtocolGenerator;

/// <summary>The classes and methods of the protocol, as amqp-0-9-1.json lists them.</summary>
internal sealed record ProtocolDescription(IReadOnlyList<ClassDescription> Classes)
{
    public static ProtocolDescription Parse(string json) =>
        JsonSerializer.Deserialize<ProtocolDescription>(json, JsonSerializerOptions.Web) ?? throw new FormatException("No description.");
}

internal sealed record ClassDescription(ushort Id, string Name, IReadOnlyList<MethodDescription> Methods);

/// <param name="Id">Unique in its class.</param>
/// <param name="Name">Without the class's name.</param>
/// <param name="Synchronous">The sender waits for an answer.</param>
/// <param name="Content">A content header and a body follow.</param>
/// <param name="Arguments">In the order of the wire, each "name type".</param>
internal sealed record MethodDescription(
    ushort Id, string Name, bool Synchronous = false, bool Content = false, IReadOnlyList<string>? Arguments = null)
{
    private const int BitsPerOctet = 8;

    public IReadOnlyList<Argument> ParsedArguments { get; } = [.. (Arguments ?? []).Select(Argument.Parse)];

    /// <summary>The arguments as they lie on the wire: consecutive bits share an octet, every other argument stands alone.</summary>
    public IReadOnlyList<IReadOnlyList<Argument>> Runs
    {
        get
        {
            var runs = new List<List<Argument>>();
            foreach (var argument in ParsedArguments)
            {
                if (argument.IsBit && runs.Count > 0 && runs[^1][0].IsBit && runs[^1].Count < BitsPerOctet) runs[^1].Add(argument);
                else runs.Add([argument]);
            }

            return runs;
        }
    }
}

/// <param name="Name">In words with hyphens.</param>
/// <param name="Type">A domain of the protocol, or "ticket": an unused u16 that is ignored on receipt and written as 0.</param>
internal sealed record Argument(string Name, string Type)
{
    public bool IsTicket => Type == "ticket";

    public bool IsBit => Type == "bit";

    public bool IsShortString => Type == "shortstr";

    public bool IsLongString => Type is "longstr" or "table";

    /// <summary>Bytes of the value; of strings and tables, of the length before them. Bits are counted by the octet, not here.</summary>
    public int FixedBytes => Type switch
    {
        "octet" or "shortstr" => 1,
        "short" or "ticket" => 2,
        "long" or "longstr" or "table" => 4,
        "longlong" => 8,
        _ => throw new FormatException($"No fixed size for the type '{Type}' of '{Name}'."),
    };

    public string CSharpType => Type switch
    {
        "bit" => "bool",
        "octet" => "byte",
        "short" => "ushort",
        "long" => "uint",
        "longlong" => "ulong",
        "shortstr" or "longstr" or "table" => "ReadOnlySpan<byte>",
        _ => throw new FormatException($"No C# type for the type '{Type}' of '{Name}'."),
    };

    public static Argument Parse(string text)
    {
        var words = text.Split(' ');
        return words.Length == 2 ? new Argument(words[0], words[1]) : throw new FormatException($"'{text}' is not \"name type\".");
    }
}
