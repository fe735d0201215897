using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>A record read in place. Lives as long as the memory it looks at.</summary>
internal readonly ref struct RecordView
{
    private RecordView(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The record itself, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public int RecordBytes => Bytes.Length;

    public uint Stamp => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[RecordLayout.StampAt..]);

    public RecordFlags Flags => (RecordFlags)Bytes[RecordLayout.FlagsAt];

    public bool IsPersistent => (Flags & RecordFlags.Persistent) != 0;

    public byte Priority => Bytes[RecordLayout.PriorityAt];

    /// <summary>When the publisher's connection took the message, in Unix milliseconds.</summary>
    public long TimestampMs => BinaryPrimitives.ReadInt64LittleEndian(Bytes[RecordLayout.TimestampAt..]);

    /// <summary>Unix milliseconds, 0 = never.</summary>
    public long ExpiresAtMs => BinaryPrimitives.ReadInt64LittleEndian(Bytes[RecordLayout.ExpiresAt..]);

    public ReadOnlySpan<byte> Exchange => Bytes.Slice(RecordLayout.HeaderBytes, ExchangeBytes);

    public ReadOnlySpan<byte> RoutingKey => Bytes.Slice(RecordLayout.HeaderBytes + ExchangeBytes, RoutingKeyBytes);

    public ReadOnlySpan<byte> Properties => Bytes.Slice(RecordLayout.HeaderBytes + ExchangeBytes + RoutingKeyBytes, PropertiesBytes);

    public ReadOnlySpan<byte> Body => Bytes[(RecordLayout.HeaderBytes + ExchangeBytes + RoutingKeyBytes + PropertiesBytes)..];

    public int BodyBytes => Bytes.Length - RecordLayout.HeaderBytes - ExchangeBytes - RoutingKeyBytes - PropertiesBytes;

    private int ExchangeBytes => Bytes[RecordLayout.ExchangeBytesAt];

    private int RoutingKeyBytes => Bytes[RecordLayout.RoutingKeyBytesAt];

    private int PropertiesBytes => BinaryPrimitives.ReadInt32LittleEndian(Bytes[RecordLayout.PropertiesBytesAt..]);

    /// <summary>The record at the front of trusted memory (a batch, or bytes that were checked before).</summary>
    public static RecordView Parse(ReadOnlySpan<byte> bytes) => new(bytes[..BinaryPrimitives.ReadInt32LittleEndian(bytes)]);

    /// <summary>The record at the front of bytes that come from a file: true if its lengths fit and its checksum holds.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RecordView view)
    {
        view = default;
        if (bytes.Length < RecordLayout.HeaderBytes) return false;
        var recordBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (recordBytes < RecordLayout.HeaderBytes || recordBytes > (uint)bytes.Length) return false;
        var variableBytes = (ulong)bytes[RecordLayout.ExchangeBytesAt] + bytes[RecordLayout.RoutingKeyBytesAt]
            + BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordLayout.PropertiesBytesAt..]);
        if (variableBytes > recordBytes - RecordLayout.HeaderBytes) return false;
        var record = bytes[..(int)recordBytes];
        if (Checksum(record) != BinaryPrimitives.ReadUInt32LittleEndian(record[RecordLayout.CrcAt..])) return false;
        view = new RecordView(record);
        return true;
    }

    internal static uint Checksum(ReadOnlySpan<byte> record)
    {
        var state = Crc32C.Update(Crc32C.Start, BinaryPrimitives.ReadUInt32LittleEndian(record));
        return ~Crc32C.Update(state, record[RecordLayout.StampAt..]);
    }
}
