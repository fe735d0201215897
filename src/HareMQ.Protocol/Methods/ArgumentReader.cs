using System.Buffers.Binary;
using System.Text.Unicode;

namespace HareMQ.Protocol;

/// <summary>
/// Reads a method's arguments in their order. Strings and tables come back without their lengths and refer to the payload.
/// </summary>
internal ref struct ArgumentReader(ReadOnlySpan<byte> arguments, AmqpMethod method)
{
    private readonly ReadOnlySpan<byte> _arguments = arguments;
    private int _position;

    public byte ReadOctet() => Take(sizeof(byte))[0];

    public ushort ReadShort() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    public uint ReadLong() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ulong ReadLongLong() => BinaryPrimitives.ReadUInt64BigEndian(Take(sizeof(ulong)));

    public ReadOnlySpan<byte> ReadShortString()
    {
        var value = Take(ReadOctet());
        if (!Utf8.IsValid(value)) throw Malformed.ShortString();
        return value;
    }

    /// <summary>A long string or a table; of a table neither structure nor depth has been checked.</summary>
    public ReadOnlySpan<byte> ReadLongString() => Take(ReadLong());

    public readonly void End()
    {
        if (_position != _arguments.Length) throw Malformed.MethodTooLong(method, _arguments.Length - _position);
    }

    private ReadOnlySpan<byte> Take(uint bytes)
    {
        if (bytes > (uint)(_arguments.Length - _position)) throw Malformed.MethodTooShort(method);
        var taken = _arguments.Slice(_position, (int)bytes);
        _position += taken.Length;
        return taken;
    }
}
