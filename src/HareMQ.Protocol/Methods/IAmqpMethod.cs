namespace HareMQ.Protocol;

/// <summary>A method that can be written.</summary>
/// <remarks>Implemented by ref structs only: to be used as the constraint of a generic parameter that <c>allows ref struct</c>.</remarks>
internal interface IAmqpMethod
{
    /// <summary>Bytes of the frame's payload: class id, method id, arguments.</summary>
    int EncodedBytes { get; }

    /// <summary>Bytes of the whole frame.</summary>
    int FrameBytes { get; }

    /// <summary>Writes <see cref="EncodedBytes"/> bytes.</summary>
    void WriteTo(Span<byte> destination);

    /// <summary>Writes the whole frame and returns <see cref="FrameBytes"/>.</summary>
    int WriteFrame(Span<byte> destination, ushort channel);
}

/// <summary>A method that can be read as well.</summary>
internal interface IAmqpMethod<TSelf> : IAmqpMethod
    where TSelf : struct, IAmqpMethod<TSelf>, allows ref struct
{
    /// <summary>Reads the arguments (what follows class id and method id); the result refers to <paramref name="encoded"/>.</summary>
    /// <exception cref="ConnectionException">501 FRAME_ERROR: cut off, followed by more bytes, or a short string is not UTF-8.</exception>
    static abstract TSelf Read(ReadOnlySpan<byte> encoded);
}
