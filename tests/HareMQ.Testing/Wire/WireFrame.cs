namespace HareMQ.Testing.Wire;

/// <summary>One frame as it came: type octet, channel, payload. The end octet has been checked and dropped.</summary>
public sealed record WireFrame(byte Type, ushort Channel, byte[] Payload)
{
    public const byte Method = 1;
    public const byte Header = 2;
    public const byte Body = 3;
    public const byte Heartbeat = 8;
    public const byte End = 0xCE;

    public bool IsMethod => Type == Method;

    public MethodId MethodId => IsMethod && Payload.Length >= 4
        ? new MethodId((ushort)((Payload[0] << 8) | Payload[1]), (ushort)((Payload[2] << 8) | Payload[3]))
        : throw new InvalidDataException($"{this} is no method frame.");

    /// <summary>Reads the method's arguments, after its two ids.</summary>
    public WireReader Arguments() => new(Payload.AsMemory(4));

    public override string ToString() => Type == Method && Payload.Length >= 4
        ? $"method {(Payload[0] << 8) | Payload[1]}.{(Payload[2] << 8) | Payload[3]} on channel {Channel}"
        : $"frame of type {Type} with {Payload.Length} bytes on channel {Channel}";
}

/// <summary>What connection.close and channel.close carry.</summary>
public sealed record WireClose(ushort Code, string Text, MethodId Cause);

/// <summary>A method with content, put together from its frames.</summary>
public sealed record WireContent(WireFrame Method, byte[] Header, byte[] Body, IReadOnlyList<int> BodyFrameBytes);
