using System.Globalization;

namespace HareMQ.Comparison.Measuring;

/// <summary>What a process holds of memory, in megabytes of 1,000,000 bytes.</summary>
/// <param name="Resident">All of it.</param>
/// <param name="Anonymous">What of that is its own, not the page cache's.</param>
/// <param name="Peak">The most that was ever resident.</param>
internal readonly record struct ProcessMemory(double Resident, double Anonymous, double Peak)
{
    private const double BytesPerMegabyte = 1e6;
    private const double BytesPerKilobyte = 1024;

    public static ProcessMemory Of(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/status");
        return new ProcessMemory(Read(lines, "VmRSS:"), Read(lines, "RssAnon:"), Read(lines, "VmHWM:"));
    }

    private static double Read(string[] lines, string name)
    {
        var line = lines.First(text => text.StartsWith(name, StringComparison.Ordinal));
        var kilobytes = line[name.Length..].Replace("kB", "", StringComparison.Ordinal);
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) * BytesPerKilobyte / BytesPerMegabyte;
    }
}
