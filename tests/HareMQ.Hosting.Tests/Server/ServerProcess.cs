using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using HareMQ.Testing;

namespace HareMQ.Hosting.Tests.Server;

/// <summary>The server program in a process of its own, in a directory of its own. Killed when disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int SigHup = 1;
    private const int SigTerm = 15;
    private const int SigInt = 2;

    /// <summary>Far more than a start or a stop takes on a busy machine.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly ConcurrentQueue<string> _errorLines = new();

    private ServerProcess(Process process)
    {
        _process = process;
        _errors = ReadToEndAsync();
    }

    /// <summary>Where the program's assembly was built.</summary>
    public static string ProgramPath { get; } = Path.GetFullPath(
        typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ServerProgram").Value!);

    /// <summary>Free a moment ago: another program may be faster, but hardly ever is.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static ServerProcess Start(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(ProgramPath);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToArray()) start.Environment.Remove(name);
        // Several run at once: none may have the ports that are the program's default.
        start.Environment["HAREMQ_MANAGEMENT__TCP__PORT"] = "none";
        start.Environment["HAREMQ_PROMETHEUS__TCP__PORT"] = "none";
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, params string[] arguments)
    {
        await using var server = Start(directory, arguments);
        var output = await server._process.StandardOutput.ReadToEndAsync().WaitAsync(s_patience);
        return (await server.WaitForExitAsync(), output, await server._errors);
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);

    public void Terminate() => Signal(SigTerm);

    public void HangUp() => Signal(SigHup);

    /// <summary>Waits for a line on standard error that has this in it.</summary>
    public Task LogsAsync(string text) => Eventually.Holds(
        () => Task.FromResult(string.Join('\n', _errorLines)), lines => lines.Contains(text, StringComparison.Ordinal), $"a line with '{text}'");

    public void Interrupt() => Signal(SigInt);

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    public async Task<string> ReadErrorsAsync() => await _errors.WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errorLines.Enqueue(line);
            all.Append(line).Append('\n');
        }

        return all.ToString();
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("HAREMQ_", StringComparison.Ordinal) || name.StartsWith("RABBITMQ_", StringComparison.Ordinal);

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"kill failed: {Marshal.GetLastPInvokeError()}"));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
