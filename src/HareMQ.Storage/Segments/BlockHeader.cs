using System.Buffers.Binary;
using System.Numerics;

namespace HareMQ.Storage;

/// <summary>One append is one block: this header, then the records of one batch. The generation ties it to this life of the file.</summary>
/// <remarks>
/// <code>
///  0        4        8            16       20       24       28       32
///  | magic  | bytes  | generation | records| stamp  | zero   | crc32c |
///  | u32    | u32    | u64        | u32    | u32    | u32    | u32    |
/// </code>
/// The bytes count the whole block. Each of its records carries the stamp: where the header reached the disk and the records did not,
/// the old bytes in their place carry another one.
/// </remarks>
internal readonly record struct BlockHeader(int BlockBytes, ulong Generation, int Records, uint Stamp)
{
    public const int Bytes = 32;
    public const int GenerationAt = 8;

    private const uint Magic = 0x4B4C4248; // "HBLK"
    private const int CrcAt = 28;

    public void Write(Span<byte> target)
    {
        target = target[..Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], BlockBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(target[GenerationAt..], Generation);
        BinaryPrimitives.WriteInt32LittleEndian(target[16..], Records);
        BinaryPrimitives.WriteUInt32LittleEndian(target[20..], Stamp);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcAt..], Crc32C.Compute(target[..CrcAt]));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, ulong generation, out BlockHeader header)
    {
        header = default;
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[GenerationAt..]) != generation) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[CrcAt..]) != Crc32C.Compute(source[..CrcAt])) return false;
        header = new BlockHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            generation,
            BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[20..]));
        return header.BlockBytes >= Bytes + RecordLayout.HeaderBytes;
    }

    /// <summary>
    /// Reads a header in which one byte is wrong, so that such damage does not cost a whole block: the checksum says which byte and
    /// what it was. Only where the generation matches in at least seven bytes; a torn or foreign header does not pass for ours.
    /// </summary>
    public static bool TryRepair(ReadOnlySpan<byte> source, ulong generation, out BlockHeader header)
    {
        header = default;
        var difference = BinaryPrimitives.ReadUInt64LittleEndian(source[GenerationAt..]) ^ generation;
        if (difference != 0 && BitOperations.TrailingZeroCount(difference) / 8 != BitOperations.Log2(difference) / 8) return false;

        Span<byte> candidate = stackalloc byte[Bytes];
        source[..Bytes].CopyTo(candidate);
        for (var at = 0; at < Bytes; at++)
        {
            var damaged = candidate[at];
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                candidate[at] = (byte)value;
                if (TryRead(candidate, generation, out header)) return true;
            }
            candidate[at] = damaged;
        }
        return false;
    }
}
