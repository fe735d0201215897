using System.Collections;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>
/// An immutable field table. The encoded bytes are kept verbatim (order and type tags survive); entries are decoded on first use.
/// </summary>
/// <remarks>Safe for any number of threads: two that meet at the first use decode the same entries twice.</remarks>
internal sealed class FieldTable : IEquatable<FieldTable>, IReadOnlyCollection<(string Name, FieldValue Value)>
{
    private (string Name, FieldValue Value)[]? _entries;

    private FieldTable(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    public static FieldTable Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>The entries as they lie on the wire, without the u32 length.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    public int Count => Entries.Length;

    private (string Name, FieldValue Value)[] Entries => _entries ??= Decode();

    /// <summary>Copies an encoded table (without its u32 length) after checking its structure and depth.</summary>
    /// <exception cref="ConnectionException">
    /// 502 SYNTAX_ERROR: malformed, or nested deeper than <see cref="FieldTableScan.DepthMax"/>.
    /// </exception>
    public static FieldTable FromEncoded(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty) return Empty;
        FieldTableScan.Validate(encoded);
        return new FieldTable(encoded.ToArray());
    }

    /// <summary>Takes bytes that were checked or written by the broker itself; they must never change afterwards.</summary>
    internal static FieldTable FromValidated(ReadOnlyMemory<byte> encoded) => encoded.IsEmpty ? Empty : new FieldTable(encoded);

    /// <summary>Looks a value up; of several entries with the same name the first wins.</summary>
    public bool TryGet(string name, out FieldValue value)
    {
        foreach (ref readonly var entry in Entries.AsSpan())
        {
            if (!string.Equals(entry.Name, name, StringComparison.Ordinal)) continue;
            value = entry.Value;
            return true;
        }

        value = FieldValue.Void;
        return false;
    }

    /// <summary>The entries in ordinal order of their names; entries of the same name keep their order.</summary>
    public (string Name, FieldValue Value)[] SortedByName() =>
        [.. Entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>Same names with the same values (type included), in whatever order: what makes two bindings the same binding.</summary>
    public bool Equals(FieldTable? other)
    {
        if (other is null) return false;
        if (Encoded.Span.SequenceEqual(other.Encoded.Span)) return true;
        return Encoded.Length == other.Encoded.Length && SortedByName().AsSpan().SequenceEqual(other.SortedByName());
    }

    public override bool Equals(object? obj) => Equals(obj as FieldTable);

    public override int GetHashCode()
    {
        // A sum, because the order of entries does not count.
        var sum = 0;
        foreach (ref readonly var entry in Entries.AsSpan()) sum += HashCode.Combine(entry.Name, entry.Value);
        return sum;
    }

    public override string ToString() => FieldValue.FromTable(this).ToString();

    public IEnumerator<(string Name, FieldValue Value)> GetEnumerator() => ((IEnumerable<(string, FieldValue)>)Entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private (string, FieldValue)[] Decode()
    {
        var count = 0;
        for (var counter = new FieldTableReader(Encoded.Span); counter.MoveNext();) count++;
        var entries = new (string, FieldValue)[count];
        var reader = new FieldTableReader(Encoded.Span);
        for (var i = 0; reader.MoveNext(); i++)
        {
            var content = Encoded.Slice(reader.ValueOffset, reader.ValueBytes.Length);
            entries[i] = (Encoding.UTF8.GetString(reader.Name), FieldValue.FromValidated(reader.Type, content));
        }

        return entries;
    }
}
