namespace HareMQ.Crash.Damage;

/// <summary>What disks and crashes do to files.</summary>
internal static class FileDamage
{
    public static void FlipBit(string path, long offset, int bit)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ (1 << bit)));
    }

    public static void Cut(string path, long bytes)
    {
        using var file = File.Open(path, FileMode.Open);
        file.SetLength(bytes);
    }

    public static void Overwrite(string path, long offset, ReadOnlySpan<byte> content)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        file.Write(content);
    }
}
