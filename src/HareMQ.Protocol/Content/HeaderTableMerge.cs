using System.Buffers.Binary;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>Applies changes to an encoded header table; the entries that are not touched keep their type tags and bytes.</summary>
internal static class HeaderTableMerge
{
    /// <summary>
    /// Returns the table with its u32 length, sorted by the bytes of the names, each name once; empty if no entry is left.
    /// </summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR: the original entries are malformed.</exception>
    public static byte[] Merge(ReadOnlySpan<byte> original, Dictionary<string, FieldValue?> changes)
    {
        // Name and whole encoded entry. The first of a name stays, so the changes go in before the original entries.
        var entries = new SortedDictionary<byte[], byte[]>(NameOrder.Instance);
        foreach (var (name, value) in changes) entries.Add(Encoding.UTF8.GetBytes(name), value is { } changed ? Encode(name, changed) : []);
        for (var reader = new FieldTableReader(original); reader.MoveNext();)
            entries.TryAdd(reader.Name.ToArray(), original.Slice(reader.EntryOffset, reader.EntryBytes).ToArray());
        var tableBytes = 0;
        foreach (var entry in entries.Values) tableBytes += entry.Length;
        return tableBytes == 0 ? [] : Concatenate(entries.Values, tableBytes);
    }

    private static byte[] Encode(string name, FieldValue value) => new FieldTableBuilder().Add(name, value).ToTable().Encoded.ToArray();

    private static byte[] Concatenate(SortedDictionary<byte[], byte[]>.ValueCollection entries, int tableBytes)
    {
        var table = new byte[sizeof(uint) + tableBytes];
        BinaryPrimitives.WriteUInt32BigEndian(table, (uint)tableBytes);
        var position = sizeof(uint);
        foreach (var entry in entries)
        {
            entry.CopyTo(table, position);
            position += entry.Length;
        }

        return table;
    }

    private sealed class NameOrder : IComparer<byte[]>
    {
        public static NameOrder Instance { get; } = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}
