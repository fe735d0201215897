namespace HareMQ.Perf;

/// <summary>What the bodies of a verified run hold behind their stamp: bytes that follow from the message's id alone.</summary>
/// <remarks>A fixed pseudo-random sequence with a period of 64 KB, entered where the id says.</remarks>
internal static class BodyPattern
{
    private const int PeriodBytes = 1 << 16;

    // Twice, so that any run of up to one period lies in one piece.
    private static readonly byte[] s_bytes = Create();

    /// <param name="position">Where in the body <paramref name="part"/> starts.</param>
    public static void Fill(Span<byte> part, ulong id, long position)
    {
        while (!part.IsEmpty)
        {
            var piece = Piece(id, position, part.Length);
            piece.CopyTo(part);
            part = part[piece.Length..];
            position += piece.Length;
        }
    }

    public static bool Matches(ReadOnlySpan<byte> part, ulong id, long position)
    {
        while (!part.IsEmpty)
        {
            var piece = Piece(id, position, part.Length);
            if (!part[..piece.Length].SequenceEqual(piece)) return false;
            part = part[piece.Length..];
            position += piece.Length;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Piece(ulong id, long position, int bytes)
    {
        // An odd factor: neighbouring ids start far apart, and no two of 65536 at the same place.
        var start = (int)(((id * 40503) + (ulong)position) % PeriodBytes);
        return s_bytes.AsSpan(start, Math.Min(bytes, PeriodBytes));
    }

    private static byte[] Create()
    {
        var bytes = new byte[2 * PeriodBytes];
        new Random(7).NextBytes(bytes.AsSpan(0, PeriodBytes));
        bytes.AsSpan(0, PeriodBytes).CopyTo(bytes.AsSpan(PeriodBytes));
        return bytes;
    }
}
