using System.Buffers.Binary;
using System.Text;

namespace HareMQ.Testing.Wire;

/// <summary>Appends AMQP 0-9-1 primitives (§4.2.5) to a growing buffer. Simple on purpose; it shares no code with the broker.</summary>
public sealed class WireWriter
{
    private readonly MemoryStream _bytes = new();

    public WireWriter Octet(byte value)
    {
        _bytes.WriteByte(value);
        return this;
    }

    public WireWriter Short(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public WireWriter Long(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public WireWriter LongLong(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public WireWriter Raw(params ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    public WireWriter ShortString(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Octet(checked((byte)bytes.Length)).Raw(bytes);
    }

    public WireWriter LongString(string value) => LongString(Encoding.UTF8.GetBytes(value));

    public WireWriter LongString(byte[] value) => Long((uint)value.Length).Raw(value);

    /// <summary>Up to eight bits in one octet, the first at 0x01.</summary>
    public WireWriter Bits(params ReadOnlySpan<bool> bits)
    {
        byte octet = 0;
        for (var index = 0; index < bits.Length; index++)
            if (bits[index]) octet |= (byte)(1 << index);
        return Octet(octet);
    }

    public WireWriter EmptyTable() => Long(0);

    public WireWriter Table(Action<WireWriter> fields)
    {
        var inner = new WireWriter();
        fields(inner);
        return LongString(inner.ToArray());
    }

    public WireWriter StringField(string name, string value) => ShortString(name).Octet((byte)'S').LongString(value);

    public WireWriter BooleanField(string name, bool value) => ShortString(name).Octet((byte)'t').Octet(value ? (byte)1 : (byte)0);

    public WireWriter TableField(string name, Action<WireWriter> fields) => ShortString(name).Octet((byte)'F').Table(fields);

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>A whole frame: type, channel, length, payload, end octet.</summary>
    public static byte[] Frame(byte type, ushort channel, ReadOnlySpan<byte> payload, byte end = WireFrame.End) =>
        new WireWriter().Octet(type).Short(channel).Long((uint)payload.Length).Raw(payload).Octet(end).ToArray();

    public static byte[] Method(ushort channel, MethodId method, Action<WireWriter>? arguments = null)
    {
        var payload = new WireWriter().Short(method.ClassId).Short(method.Id);
        arguments?.Invoke(payload);
        return Frame(WireFrame.Method, channel, payload.ToArray());
    }

    /// <summary>A content header without properties unless <paramref name="properties"/> writes flags and values itself.</summary>
    public static byte[] Header(ushort channel, ulong bodyBytes, Action<WireWriter>? properties = null, ushort classId = 60)
    {
        var payload = new WireWriter().Short(classId).Short(0).LongLong(bodyBytes);
        if (properties is null) payload.Short(0);
        else properties(payload);
        return Frame(WireFrame.Header, channel, payload.ToArray());
    }

    public static byte[] Body(ushort channel, ReadOnlySpan<byte> bytes) => Frame(WireFrame.Body, channel, bytes);
}
