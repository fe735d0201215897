using System.Security.Cryptography;

namespace HareMQ.Fuzz;

/// <summary>
/// Inputs that failed, so that none has to be copied from a log: each in the form of the corpus, and beside it what went wrong.
/// </summary>
internal static class FailureFiles
{
    private const string Solution = "HareMQ.slnx";

    /// <summary>artifacts/fuzz of the repository that this program was built in; else of the directory it was started in.</summary>
    public static string DefaultDirectory => Path.Combine(Repository() ?? Environment.CurrentDirectory, "artifacts", "fuzz");

    /// <summary>Writes the input of a failure; one that has been found before replaces itself.</summary>
    /// <param name="directory">Gets a folder per target.</param>
    /// <param name="target">The target's name.</param>
    /// <param name="result">Of a run that failed at some input.</param>
    /// <returns>What to tell the developer.</returns>
    public static string Save(string directory, string target, FuzzResult result)
    {
        var input = result.FailedInput ?? throw new ArgumentException("No input failed.", nameof(result));
        var folder = Path.Combine(directory, target);
        // Named by its bytes: the same input is the same file, and two runs do not overwrite each other's.
        var path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16] + ".hex");
        Directory.CreateDirectory(folder);
        File.WriteAllText(path, Convert.ToHexStringLower(input) + "\n");
        File.WriteAllText(Path.ChangeExtension(path, ".txt"), result.Failure + "\n");
        return $"""
            The input is saved in {path}
            Once it is mended, keep it in the corpus under a name that says what it is:
                mv {path} tests/HareMQ.Fuzz/corpus/{target}/WHAT-IT-IS.hex
            """;
    }

    private static string? Repository()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, Solution))) return at.FullName;
        return null;
    }
}
