using System.Globalization;

namespace HareMQ.Comparison.Measuring;

/// <summary>CPU seconds since the start of the machine, and of processes on it.</summary>
/// <param name="Machine">Of all cores, what a host took from them included.</param>
/// <param name="Broker">Of one process.</param>
/// <param name="Own">Of this process and the children that it has waited for.</param>
internal readonly record struct CpuTimes(double Machine, double Broker, double Own)
{
    // The unit of /proc, on every architecture.
    private const double TicksPerSecond = 100;

    private const int IdleColumn = 3;
    private const int IoWaitColumn = 4;
    private const int GuestColumn = 8;

    // Behind the name, which may contain anything, in parentheses.
    private const int UserColumn = 11;
    private const int OwnTimes = 2;
    private const int ChildTimesToo = 4;

    public double Others => Machine - Broker - Own;

    public static CpuTimes Read(int brokerPid) =>
        new(OfMachine(), OfProcess($"/proc/{brokerPid}/stat", OwnTimes), OfProcess("/proc/self/stat", ChildTimesToo));

    private static double OfMachine()
    {
        var columns = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        // Guests are counted as user time already.
        return columns.Take(GuestColumn).Where((_, column) => column is not (IdleColumn or IoWaitColumn)).Sum(Ticks) / TicksPerSecond;
    }

    private static double OfProcess(string path, int count)
    {
        var text = File.ReadAllText(path);
        var columns = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return columns.Skip(UserColumn).Take(count).Sum(Ticks) / TicksPerSecond;
    }

    private static double Ticks(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
