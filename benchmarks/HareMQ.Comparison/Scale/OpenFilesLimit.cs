using System.Globalization;

namespace HareMQ.Comparison.Scale;

internal static class OpenFilesLimit
{
    private const string Name = "Max open files";

    /// <summary>As many files as this process and its children can have open each.</summary>
    public static long Hard
    {
        get
        {
            var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith(Name, StringComparison.Ordinal));
            var columns = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return columns[1] == "unlimited" ? long.MaxValue : long.Parse(columns[1], CultureInfo.InvariantCulture);
        }
    }
}
