using Microsoft.Extensions.Logging;

namespace HareMQ.Simulation.Machine;

/// <summary>The broker's log. It has nothing to complain about while its disk works, and never about itself.</summary>
internal sealed class Complaints(Trace trace, bool mayFail) : ILogger
{
    /// <summary>The first thing that no fault of the disk explains.</summary>
    public string? Worst { get; private set; }

    /// <summary>The process is dead, and says nothing any more.</summary>
    public bool IsOver { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsOver) return;
        if (logLevel >= LogLevel.Information) trace.Comment($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");
        if (logLevel < LogLevel.Error || (mayFail && IsOfDisk(exception))) return;
        Worst ??= $"The broker logs {eventId.Id}: {formatter(state, exception)}\n{exception}";
    }

    private static bool IsOfDisk(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is IOException) return true;
        return false;
    }
}
