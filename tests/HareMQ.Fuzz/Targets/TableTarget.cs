using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>An encoded field table: everything that can be done with one that was accepted.</summary>
internal sealed class TableTarget : IFuzzTarget
{
    public string Name => "tables";

    public IReadOnlyList<byte[]> Seeds { get; } =
        [Targets.Seeds.Table.Encoded.ToArray(), new FieldTableBuilder().Add("k", 1).ToTable().Encoded.ToArray(), []];

    // Comparing and printing decode nested tables again at each of up to 32 levels.
    public (int Constant, int PerByte) AllocationMax => (64 * 1024, 4096);

    public void Run(ReadOnlySpan<byte> input)
    {
        var table = FieldTable.FromEncoded(input);
        var copy = FieldTable.FromEncoded(table.Encoded.Span);
        if (!table.Equals(copy) || table.GetHashCode() != copy.GetHashCode())
            throw new InvalidOperationException("A table differs from its copy.");
        foreach (var (name, value) in table)
        {
            if (!table.TryGet(name, out var first)) throw new InvalidOperationException($"'{name}' is listed and not found.");
            _ = first.ValueEquals(value);
        }

        _ = table.ToString();
    }
}
