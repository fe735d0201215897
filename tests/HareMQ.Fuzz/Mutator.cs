using System.Buffers.Binary;

namespace HareMQ.Fuzz;

/// <summary>Turns a valid input into a slightly wrong one, in a buffer that is used again for the next.</summary>
internal sealed class Mutator
{
    private const int InputBytesMax = 4096;
    private const int InsertBytesMax = 16;

    private static readonly uint[] s_lengthLies =
        [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x20000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF];

    private readonly byte[] _buffer = new byte[InputBytesMax];
    private int _length;

    /// <summary>A changed copy, valid until the next call. One input in eight stays as it is.</summary>
    public ReadOnlySpan<byte> Mutate(ReadOnlySpan<byte> seed, ref SplitMix random)
    {
        _length = Math.Min(seed.Length, InputBytesMax);
        seed[.._length].CopyTo(_buffer);
        var changes = random.Next(8) switch { 0 => 0, < 6 => 1, 6 => 2, _ => 4 };
        for (; changes > 0 && _length > 0; changes--) MutateOnce(ref random);
        return _buffer.AsSpan(0, _length);
    }

    private void MutateOnce(ref SplitMix random)
    {
        switch (random.Next(8))
        {
            case 0 or 1: _buffer[random.Next(_length)] ^= (byte)(1 << random.Next(8)); break;
            case 2: _buffer[random.Next(_length)] = (byte)random.Next(); break;
            case 3 or 4: _length = random.Next(_length + 1); break;
            case 5: Insert(ref random); break;
            case 6: Duplicate(ref random); break;
            default: LieAboutLength(ref random); break;
        }
    }

    private void Insert(ref SplitMix random)
    {
        var at = random.Next(_length + 1);
        var count = MakeRoom(at, 1 + random.Next(InsertBytesMax));
        for (var i = 0; i < count; i++) _buffer[at + i] = (byte)random.Next();
    }

    private void Duplicate(ref SplitMix random)
    {
        var from = random.Next(_length);
        var count = MakeRoom(from, 1 + random.Next(_length - from));
        // What was there has moved up by count: copy it back down.
        _buffer.AsSpan(from + count, count).CopyTo(_buffer.AsSpan(from));
    }

    private void LieAboutLength(ref SplitMix random)
    {
        if (_length < sizeof(uint)) return;
        var at = random.Next(_length - sizeof(uint) + 1);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(at), s_lengthLies[random.Next(s_lengthLies.Length)]);
    }

    private int MakeRoom(int at, int count)
    {
        count = Math.Min(count, InputBytesMax - _length);
        _buffer.AsSpan(at, _length - at).CopyTo(_buffer.AsSpan(at + count));
        _length += count;
        return count;
    }
}
