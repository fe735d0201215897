using System.Diagnostics;
using System.Reflection;

namespace HareMQ.DelayBenchmark;

/// <summary>The broker as a process of its own, on a free port of this machine.</summary>
internal sealed class Server : IDisposable
{
    private const string PortMark = "Listening for AMQP 0-9-1 on 127.0.0.1:";

    private static readonly string s_assembly = typeof(Server).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "ServerAssembly").Value!;

    private readonly Process _process;

    private Server(Process process, Uri uri)
    {
        _process = process;
        Uri = uri;
    }

    public Uri Uri { get; }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>What of that is the process' own memory, not the page cache's.</summary>
    public double AnonymousMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
            return double.Parse(line.AsSpan(8, line.Length - 11), System.Globalization.CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
    }

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<Server> StartAsync(string dataDirectory)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            s_assembly, "--data-dir", dataDirectory, "--set", "listeners.tcp.default=127.0.0.1:0", "--set", "management.tcp.port=none",
            "--set", "prometheus.tcp.port=none",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = new Process { StartInfo = start };
        var port = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(PortMark, StringComparison.Ordinal) is >= 0 and var at) port.TrySetResult(line.Data[(at + PortMark.Length)..]);
            else if (line.Data is not null && !line.Data.Contains(" [info] ", StringComparison.Ordinal)) Console.WriteLine($"  broker: {line.Data}");
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data == "ready") ready.TrySetResult();
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return new Server(process, new Uri($"amqp://guest:guest@127.0.0.1:{await port.Task}/"));
    }

    /// <summary>SIGKILL.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
