using System.Buffers.Binary;
using System.Text;

namespace HareMQ.Testing.Wire;

/// <summary>Reads AMQP 0-9-1 primitives in order. Reading past the end throws: a method that is too short fails the test.</summary>
public sealed class WireReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    public int Remaining => bytes.Length - _position;

    public byte Octet() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint Long() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong LongLong() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public string ShortString() => Encoding.UTF8.GetString(Take(Octet()));

    public string LongString() => Encoding.UTF8.GetString(Take((int)Long()));

    /// <summary>A field table with the value types that a broker's properties are made of; integers of any width come as long.</summary>
    public Dictionary<string, object?> Table()
    {
        var end = (int)Long() + _position;
        var table = new Dictionary<string, object?>();
        while (_position < end) table.TryAdd(ShortString(), Value());
        return table;
    }

    private object? Value()
    {
        var tag = (char)Octet();
        return tag switch
        {
            't' => Octet() != 0,
            'b' => (long)(sbyte)Octet(),
            'B' => (long)Octet(),
            's' => (long)(short)Short(),
            'u' => (long)Short(),
            'I' => (long)(int)Long(),
            'i' => (long)Long(),
            'l' or 'L' or 'T' => (long)LongLong(),
            'f' => BitConverter.UInt32BitsToSingle(Long()),
            'd' => BitConverter.UInt64BitsToDouble(LongLong()),
            'S' => LongString(),
            'x' => Take((int)Long()).ToArray(),
            'F' => Table(),
            'A' => List(),
            'V' => null,
            _ => throw new InvalidDataException($"Unknown field tag '{tag}'."),
        };
    }

    private List<object?> List()
    {
        var end = (int)Long() + _position;
        var list = new List<object?>();
        while (_position < end) list.Add(Value());
        return list;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.Span.Slice(_position, count);
        _position += count;
        return taken;
    }
}
