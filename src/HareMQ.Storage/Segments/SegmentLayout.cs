using System.Buffers.Binary;

namespace HareMQ.Storage;

/// <summary>What the headers, footers and blocks of a segment share. docs/internals/storage.md draws the tables.</summary>
internal static class SegmentLayout
{
    public const uint FormatVersion = 1;
    public const int HeaderBytes = 64;

    /// <summary>Reserved at the end of the file from the start, so sealing never needs room that is not there.</summary>
    public const int FooterBytes = 64;

    public const uint FirstBlockAt = HeaderBytes;

    /// <summary>Smaller ones would hold more frame than records.</summary>
    public const int BytesMin = 1024;

    private const int FrameCrcAt = HeaderBytes - sizeof(uint);

    /// <summary>Header and footer end with a checksum over what is before it.</summary>
    public static void SealFrame(Span<byte> frame) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameCrcAt..], Crc32C.Compute(frame[..FrameCrcAt]));

    public static bool IsFrameIntact(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[FrameCrcAt..]) == Crc32C.Compute(frame[..FrameCrcAt]);
}
