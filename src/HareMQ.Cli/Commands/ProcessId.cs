using System.Diagnostics;
using System.Globalization;

namespace HareMQ.Cli;

/// <summary>Processes of this machine by their number.</summary>
internal static class ProcessId
{
    public static int Parse(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0
            ? pid
            : throw CliException.BadArgument($"'{text.Trim()}' is no process number");

    /// <exception cref="CliException">There is no such file, or no number in it.</exception>
    public static int ReadFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadArgument($"{path} cannot be read: {error.Message}");
        }
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
