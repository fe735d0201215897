namespace HareMQ.Fuzz;

/// <summary>Small inputs that are worth keeping: hexadecimal with any white space, one per file, in a folder per target.</summary>
internal static class Corpus
{
    public static IEnumerable<byte[]> Read(string target) =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target), "*.hex").Order(StringComparer.Ordinal).Select(Decode);

    private static byte[] Decode(string path) =>
        Convert.FromHexString(string.Concat(File.ReadAllText(path).Where(static character => !char.IsWhiteSpace(character))));
}
