using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace HareMQ.Comparison.Brokers;

/// <summary>A process that we started, with all that it wrote. Disposing kills it if it still runs.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private bool _isDisposed;

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Error => Text(_error);

    public static ProcessStartInfo Command(string file, IReadOnlyList<string> arguments) =>
        new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    public static ChildProcess Start(ProcessStartInfo command)
    {
        try
        {
            return new ChildProcess(Process.Start(command)!);
        }
        catch (Win32Exception e)
        {
            throw new ComparisonException($"{command.FileName}: {e.Message}");
        }
    }

    /// <summary>Runs it to its end.</summary>
    public static string Output(ProcessStartInfo command)
    {
        using var process = Start(command);
        process._process.WaitForExit();
        return process.ExitCode == 0 ? Text(process._output) : throw new ComparisonException($"{command.FileName} failed: {process.Error}");
    }

    /// <summary>SIGKILL to a process that a script has started for us, and waits until it is gone.</summary>
    public static void KillOrphan(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }
    }

    /// <summary>Returns the exit code and lets <see cref="Error"/> be complete. Kills the process when the time is up.</summary>
    public int WaitForExit(TimeSpan patience, CancellationToken interrupt = default)
    {
        using var killing = interrupt.Register(Kill);
        if (!_process.WaitForExit(patience)) Kill();
        // Without a time it also waits for the end of the output.
        _process.WaitForExit();
        interrupt.ThrowIfCancellationRequested();
        return _process.ExitCode;
    }

    public string Output() => Text(_output);

    public string LastErrorLines(int count) =>
        string.Join('\n', Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(count));

    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Kill();
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
