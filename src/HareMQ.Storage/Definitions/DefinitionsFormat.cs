using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>The definitions file: a header, then records of opaque bytes.</summary>
/// <remarks>
/// <code>
///  header    0 "HAREMQDF"   8 u32 version   12 u32 stamp   16 zero   28 u32 crc32c
///  record    0 u32 length of the content    4 u32 crc32c over length, stamp and content    8 u32 stamp    12 content
/// </code>
/// The stamp is random and unknown outside: content that looks like a record is not taken for one when the reader looks for the next
/// record behind a damaged one.
/// </remarks>
internal static class DefinitionsFormat
{
    public const uint Version = 1;
    public const int HeaderBytes = 32;
    public const int RecordHeaderBytes = 12;
    public const int StampAt = 8;

    private const int HeaderCrcAt = 28;
    private const int CrcAt = 4;

    private static ReadOnlySpan<byte> Magic => "HAREMQDF"u8;

    public static void WriteHeader(Span<byte> target, uint stamp)
    {
        target = target[..HeaderBytes];
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], stamp);
        BinaryPrimitives.WriteUInt32LittleEndian(target[HeaderCrcAt..], Crc32C.Compute(target[..HeaderCrcAt]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> source, out uint version, out uint stamp)
    {
        version = stamp = 0;
        if (source.Length < HeaderBytes || !source.StartsWith(Magic)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[HeaderCrcAt..]) != Crc32C.Compute(source[..HeaderCrcAt])) return false;
        version = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        stamp = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        return true;
    }

    /// <summary>The stamp of a file with a damaged header, from its first record: nobody but us decides what is at that place.</summary>
    public static bool TryReadFirstStamp(ReadOnlySpan<byte> file, out uint stamp)
    {
        stamp = 0;
        if (file.Length < HeaderBytes + RecordHeaderBytes) return false;
        stamp = BinaryPrimitives.ReadUInt32LittleEndian(file[(HeaderBytes + StampAt)..]);
        return TryReadRecord(file[HeaderBytes..], stamp, out _);
    }

    public static void WriteRecordHeader(Span<byte> target, ReadOnlySpan<byte> content, uint stamp)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcAt..], Checksum(content, stamp));
        BinaryPrimitives.WriteUInt32LittleEndian(target[StampAt..], stamp);
    }

    public static bool TryReadRecord(ReadOnlySpan<byte> source, uint stamp, out int contentBytes)
    {
        contentBytes = 0;
        if (source.Length < RecordHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(source[StampAt..]) != stamp) return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (length > (uint)(source.Length - RecordHeaderBytes)) return false;
        var content = source.Slice(RecordHeaderBytes, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[CrcAt..]) != Checksum(content, stamp)) return false;
        contentBytes = (int)length;
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> content, uint stamp) =>
        ~Crc32C.Update(Crc32C.Update(Crc32C.Start, (ulong)stamp << 32 | (uint)content.Length), content);
}
