using System.Reflection;

namespace HareMQ.Comparison;

/// <summary>Where the build has put what this program runs.</summary>
internal static class BuiltFiles
{
    public static string Root => Metadata("RepositoryRoot");

    public static string Server => Metadata("Server");

    public static string Hareperf => Metadata("Hareperf");

    /// <summary>Where figures are kept unless the user says otherwise; not part of the repository.</summary>
    public static string Results => InRepository("artifacts/comparison");

    /// <summary>A file of the repository.</summary>
    public static string InRepository(string path) => Path.Combine(Root, path);

    private static string Metadata(string key) => typeof(BuiltFiles).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
