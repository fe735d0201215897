using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace HareMQ.Crash.Brokers;

/// <summary>The broker as a child process on a port that the system chose. Its log is kept in memory and beside the data.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_logPatience = TimeSpan.FromSeconds(10);

    private const string PortMark = "Listening for AMQP 0-9-1 on 127.0.0.1:";

    private static readonly string s_serverAssembly = typeof(BrokerProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "ServerAssembly").Value!;

    private static readonly ConcurrentDictionary<BrokerProcess, bool> s_running = new();

    private readonly Process _process;
    private readonly StreamWriter _logFile;
    private readonly List<string> _log = [];
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Func<string, bool> IsLine, TaskCompletionSource Seen)> _awaited = [];
    private readonly TaskCompletionSource _logEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerProcess(string dataDirectory, int port, string logName, BrokerSetup setup)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(dataDirectory)!);
        _logFile = new StreamWriter(Path.Combine(Path.GetDirectoryName(dataDirectory)!, logName + ".log"), append: true);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (setup.Limit is { } limit)
        {
            // So that the runtime finds the limit when it starts.
            start.FileName = "/bin/sh";
            foreach (var argument in (string[])["-c", "echo $$ > \"$0\" && exec dotnet \"$@\"", limit.MembersFile]) start.ArgumentList.Add(argument);
        }

        var listener = string.Create(CultureInfo.InvariantCulture, $"listeners.tcp.default=127.0.0.1:{port}");
        string[] arguments =
        [
            s_serverAssembly, "--data-dir", dataDirectory, "--set", listener,
            "--set", "management.tcp.port=none", "--set", "prometheus.tcp.port=none", "--set", "control_socket=none",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var setting in setup.Settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLog(line.Data);
        _process.Start();
        s_running[this] = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public Uri Uri { get; private set; } = new("amqp://guest:guest@127.0.0.1/");

    /// <summary>Resident memory, in bytes.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it has logged so far.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log) return [.. _log];
        }
    }

    /// <summary>Starts it and waits until it takes connections.</summary>
    public static async Task<BrokerProcess> StartAsync(string dataDirectory, BrokerSetup? setup = null)
    {
        var broker = Launch(dataDirectory, setup: setup);
        if (await broker._ready.Task.WaitAsync(Patience))
        {
            var port = await broker._port.Task.WaitAsync(Patience);
            broker.Uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{port}/"));
            return broker;
        }

        await broker.WaitForExitAsync();
        throw new BrokenPromiseException($"The broker did not start:\n{string.Join('\n', broker.Log)}");
    }

    /// <summary>Starts it and waits for nothing.</summary>
    /// <param name="dataDirectory">Made if missing.</param>
    /// <param name="port">0 = any that is free.</param>
    /// <param name="logName">Of the file beside the data directory that its log goes to.</param>
    /// <param name="setup">What is unusual about it.</param>
    public static BrokerProcess Launch(string dataDirectory, int port = 0, string logName = "broker", BrokerSetup? setup = null) =>
        new(dataDirectory, port, logName, setup ?? BrokerSetup.Usual);

    /// <summary>Waits for a line of its log.</summary>
    public async Task LoggedAsync(Func<string, bool> isLine, string what)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_log)
        {
            if (_log.Exists(line => isLine(line))) return;
            _awaited.Add((isLine, seen));
        }

        try
        {
            await seen.Task.WaitAsync(s_logPatience);
        }
        catch (TimeoutException)
        {
            throw new BrokenPromiseException($"The log does not say {what}:\n{string.Join('\n', Log)}");
        }
    }

    /// <summary>SIGKILL, to the process itself.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>So that neither a case that ran out of time nor an interrupted run leaves brokers behind.</summary>
    public static void KillAll()
    {
        foreach (var broker in s_running.Keys) broker._process.Kill();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signals.Terminate(_process.Id);

    /// <returns>The exit code, once all of the log is read.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _logEnded.Task.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits for it to give up with one line that says why, which is no stack trace.</summary>
    public async Task RefusedToStartAsync(string why)
    {
        if (await WaitForExitAsync() == 0) throw new BrokenPromiseException("The broker ended as if all was well.");
        var lines = Log.Where(line => line.StartsWith("haremq: ", StringComparison.Ordinal)).ToArray();
        var isClear = lines.Length == 1 && lines[0].Contains(why, StringComparison.Ordinal);
        if (!isClear || Log.Any(line => line.StartsWith("   at ", StringComparison.Ordinal)))
            throw new BrokenPromiseException($"No single line says what is the matter:\n{string.Join('\n', Log)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await WaitForExitAsync();
        s_running.TryRemove(this, out _);
        _process.Dispose();
        await _logFile.DisposeAsync();
    }

    private void OnOutput(string? line)
    {
        if (line is null) _ready.TrySetResult(false);
        else if (line == "ready") _ready.TrySetResult(true);
    }

    private void OnLog(string? line)
    {
        if (line is null)
        {
            _port.TrySetCanceled();
            _logEnded.TrySetResult();
            return;
        }

        lock (_log)
        {
            _log.Add(line);
            _logFile.WriteLine(line);
            _logFile.Flush();
            foreach (var (isLine, seen) in _awaited)
                if (isLine(line)) seen.TrySetResult();
        }

        var mark = line.IndexOf(PortMark, StringComparison.Ordinal);
        if (mark >= 0) _port.TrySetResult(int.Parse(line.AsSpan(mark + PortMark.Length), CultureInfo.InvariantCulture));
    }
}
