using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace HareMQ.Perf;

/// <summary>The first 16 bytes of a body: who sent it as which of his messages, and when it was due.</summary>
/// <remarks>Layout, little-endian: publisher (16 bits) and sequence from 1 (48 bits) as one u64, time in nanoseconds i64.</remarks>
internal readonly record struct MessageStamp(ulong Id, long Time)
{
    public const int Bytes = 16;

    private const int SequenceBits = 48;

    public int Publisher => (int)(Id >> SequenceBits);

    public long Sequence => (long)(Id & ((1UL << SequenceBits) - 1));

    public static ulong IdOf(int publisher, long sequence) => ((ulong)publisher << SequenceBits) | (ulong)sequence;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteTo(Span<byte> body)
    {
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], Time);
        BinaryPrimitives.WriteUInt64LittleEndian(body, Id);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MessageStamp Read(ReadOnlySpan<byte> body) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[8..]));
}
