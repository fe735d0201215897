using System.Globalization;
using System.Security.Cryptography;

namespace HareMQ.Storage;

/// <summary>
/// A segment's file is named after its number and its generation. The generation in the name decides what the file's bytes mean:
/// a recycled file whose rename reached the disk before its new header, or whose header is damaged, is told apart from a good one.
/// </summary>
internal readonly record struct SegmentName(uint Number, ulong Generation)
{
    public const string SegmentSuffix = ".seg";
    public const string AckSuffix = ".ack";
    public const string AsideSuffix = ".damaged";

    private const int NumberDigits = 8;
    private const int StemCharacters = NumberDigits + 1 + 16;

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{Number:x8}-{Generation:x16}");

    public string SegmentFile => Stem + SegmentSuffix;

    public string AckFile => Stem + AckSuffix;

    /// <summary>A name for a file that is about to begin a new life.</summary>
    public static SegmentName Create(uint number)
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        return new SegmentName(number, BitConverter.ToUInt64(random));
    }

    public static bool TryParse(string file, string suffix, out SegmentName name)
    {
        name = default;
        if (file.Length != StemCharacters + suffix.Length || !file.EndsWith(suffix, StringComparison.Ordinal)) return false;
        if (file[NumberDigits] != '-') return false;
        if (!uint.TryParse(file.AsSpan(0, NumberDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)) return false;
        var generationText = file.AsSpan(NumberDigits + 1, StemCharacters - NumberDigits - 1);
        if (!ulong.TryParse(generationText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var generation)) return false;
        name = new SegmentName(number, generation);
        return true;
    }
}
