using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>Writes the arguments of variable size; each call returns what is left of the destination.</summary>
internal static class ArgumentWriter
{
    public static Span<byte> WriteShortString(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, byte.MaxValue, nameof(value));
        value.CopyTo(destination[1..]);
        destination[0] = (byte)value.Length;
        return destination[(1 + value.Length)..];
    }

    /// <summary>A long string, or a table's encoded entries.</summary>
    public static Span<byte> WriteLongString(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        value.CopyTo(destination[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)value.Length);
        return destination[(sizeof(uint) + value.Length)..];
    }
}
