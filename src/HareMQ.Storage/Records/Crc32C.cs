using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace HareMQ.Storage;

/// <summary>CRC-32C (Castagnoli), the checksum of everything that is stored.</summary>
/// <remarks>
/// The processor's instruction has a latency of three cycles and a throughput of one, so long inputs run as three streams side by side.
/// Streams are joined by moving a checksum over n zero bytes, which is linear: four table look-ups per join.
/// </remarks>
internal static class Crc32C
{
    private const uint ReflectedPolynomial = 0x82F63B78;

    // Stream lengths in bytes. A kilobyte takes one short and one tiny round; each table is 4 KB, all three fit the L1 cache.
    private const int LongStreamBytes = 2048;
    private const int ShortStreamBytes = 256;
    private const int TinyStreamBytes = 64;

    private static readonly uint[] s_bytewise = BuildBytewise();
    private static readonly uint[] s_long = BuildShift(LongStreamBytes);
    private static readonly uint[] s_short = BuildShift(ShortStreamBytes);
    private static readonly uint[] s_tiny = BuildShift(TinyStreamBytes);

    /// <summary>State to start with; the checksum is the complement of the last state.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(Start, bytes);

    public static uint Update(uint state, ulong value) => BitOperations.Crc32C(state, value);

    public static uint Update(uint state, uint value) => BitOperations.Crc32C(state, value);

    public static uint Update(uint state, ReadOnlySpan<byte> bytes) =>
        Sse42.X64.IsSupported || Crc32.Arm64.IsSupported ? UpdateHardware(state, bytes) : UpdateSoftware(state, bytes);

    internal static uint UpdateHardware(uint state, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var left = bytes.Length;
        while (left >= 3 * LongStreamBytes)
        {
            state = ThreeStreams(state, ref at, LongStreamBytes, s_long);
            at = ref Unsafe.Add(ref at, 3 * LongStreamBytes);
            left -= 3 * LongStreamBytes;
        }
        while (left >= 3 * ShortStreamBytes)
        {
            state = ThreeStreams(state, ref at, ShortStreamBytes, s_short);
            at = ref Unsafe.Add(ref at, 3 * ShortStreamBytes);
            left -= 3 * ShortStreamBytes;
        }
        while (left >= 3 * TinyStreamBytes)
        {
            state = ThreeStreams(state, ref at, TinyStreamBytes, s_tiny);
            at = ref Unsafe.Add(ref at, 3 * TinyStreamBytes);
            left -= 3 * TinyStreamBytes;
        }
        for (; left >= sizeof(ulong); left -= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, LoadLittleEndian(ref at));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }
        for (; left > 0; left--)
        {
            state = BitOperations.Crc32C(state, at);
            at = ref Unsafe.Add(ref at, 1);
        }
        return state;
    }

    /// <summary>Eight bytes a step through eight tables, for processors without the instruction.</summary>
    internal static uint UpdateSoftware(uint state, ReadOnlySpan<byte> bytes)
    {
        var tables = s_bytewise;
        while (bytes.Length >= sizeof(ulong))
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ state;
            state = 0;
            for (var i = 0; i < sizeof(ulong); i++)
                state ^= tables[((sizeof(ulong) - 1 - i) * 256) + (int)(byte)(value >> (8 * i))];
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var b in bytes) state = (state >> 8) ^ tables[(byte)(state ^ b)];
        return state;
    }

    private static uint ThreeStreams(uint state, ref byte start, int streamBytes, uint[] shift)
    {
        uint second = 0, third = 0;
        ref var end = ref Unsafe.Add(ref start, streamBytes);
        while (Unsafe.IsAddressLessThan(ref start, ref end))
        {
            state = BitOperations.Crc32C(state, LoadLittleEndian(ref start));
            second = BitOperations.Crc32C(second, LoadLittleEndian(ref Unsafe.Add(ref start, streamBytes)));
            third = BitOperations.Crc32C(third, LoadLittleEndian(ref Unsafe.Add(ref start, 2 * streamBytes)));
            start = ref Unsafe.Add(ref start, sizeof(ulong));
        }
        return Shift(Shift(state, shift) ^ second, shift) ^ third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LoadLittleEndian(ref byte at)
    {
        var value = Unsafe.ReadUnaligned<ulong>(ref at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Shift(uint state, uint[] table) =>
        table[(byte)state] ^ table[256 + (byte)(state >> 8)] ^ table[512 + (byte)(state >> 16)] ^ table[768 + (int)(state >> 24)];

    private static uint[] BuildBytewise()
    {
        var tables = new uint[8 * 256];
        for (var b = 0u; b < 256; b++)
        {
            var state = b;
            for (var bit = 0; bit < 8; bit++) state = (state >> 1) ^ ((state & 1) * ReflectedPolynomial);
            tables[b] = state;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        return tables;
    }

    /// <summary>What n zero bytes make of each byte value at each of the state's four places.</summary>
    private static uint[] BuildShift(int zeroBytes)
    {
        var bits = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            bits[bit] = 1u << bit;
            for (var i = 0; i < zeroBytes; i += sizeof(ulong)) bits[bit] = BitOperations.Crc32C(bits[bit], 0UL);
        }
        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
                if ((i >> bit & 1) != 0) table[i] ^= bits[(i >> 8) * 8 + bit];
        }
        return table;
    }
}
