using System.Buffers.Binary;

namespace HareMQ.Protocol;

/// <summary>The class id and method id (u16 each) at the start of a method frame's payload.</summary>
internal static class MethodHeader
{
    public const int Bytes = 4;

    /// <summary>Splits the payload. False if it is too short to be a method; the id may be one that nobody knows.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out AmqpMethod method, out ReadOnlySpan<byte> arguments)
    {
        if (payload.Length < Bytes)
        {
            method = default;
            arguments = default;
            return false;
        }

        method = (AmqpMethod)BinaryPrimitives.ReadUInt32BigEndian(payload);
        arguments = payload[Bytes..];
        return true;
    }
}
