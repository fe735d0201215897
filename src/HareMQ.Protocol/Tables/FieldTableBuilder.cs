using System.Buffers;
using System.Text;

namespace HareMQ.Protocol;

/// <summary>Encodes a field table entry by entry, in the order of the calls. A name given twice is written twice.</summary>
internal sealed class FieldTableBuilder
{
    private const int NameBytesMax = byte.MaxValue;

    private readonly ArrayBufferWriter<byte> _encoded = new();

    /// <summary>Bytes of the entries so far, without the u32 length.</summary>
    public int EncodedBytes => _encoded.WrittenCount;

    /// <param name="name">At most 255 bytes of UTF-8.</param>
    /// <param name="value">Any valid value.</param>
    public FieldTableBuilder Add(string name, FieldValue value)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nameBytes, NameBytesMax, nameof(name));
        var entryBytes = 1 + nameBytes + value.EncodedBytes;
        var entry = _encoded.GetSpan(entryBytes);
        entry[0] = (byte)nameBytes;
        Encoding.UTF8.GetBytes(name, entry[1..]);
        value.WriteTo(entry[(1 + nameBytes)..]);
        _encoded.Advance(entryBytes);
        return this;
    }

    public FieldTableBuilder Add(string name, string value) => Add(name, FieldValue.FromString(value));

    public FieldTableBuilder Add(string name, long value) => Add(name, FieldValue.FromLong(value));

    public FieldTableBuilder Add(string name, bool value) => Add(name, FieldValue.FromBool(value));

    public FieldTableBuilder Add(string name, FieldTable value) => Add(name, FieldValue.FromTable(value));

    public FieldTable ToTable() => FieldTable.FromValidated(_encoded.WrittenSpan.ToArray());

    /// <summary>Writes the entries, without the u32 length.</summary>
    public void WriteTo(IBufferWriter<byte> destination) => destination.Write(_encoded.WrittenSpan);
}
