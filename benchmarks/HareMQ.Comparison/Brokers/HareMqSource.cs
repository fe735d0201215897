using System.Diagnostics;
using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <param name="label">Its name in tables.</param>
/// <param name="server">A published program, or a built haremq.dll.</param>
/// <param name="interrupt">Ends the waiting for its start.</param>
/// <param name="settings">Of the configuration file, <c>name=value</c>.</param>
internal sealed class HareMqSource(string label, string server, CancellationToken interrupt, params IReadOnlyList<string> settings)
    : BrokerSource(label)
{
    private string? _description;

    public override string Description => _description ??= ChildProcess.Output(Command("--version")).Trim();

    public override RunningBroker Start(string directory, Func<AmqpLink, bool>? isReady = null)
    {
        var port = FreePort.Find();
        var command = Command(
            "--data-dir", Path.Combine(directory, "data"), "--set", $"listeners.tcp.default=127.0.0.1:{port}", "--set", "management.tcp.port=none",
            "--set", "prometheus.tcp.port=none");
        foreach (var setting in settings)
        {
            command.ArgumentList.Add("--set");
            command.ArgumentList.Add(setting);
        }

        return new Running(command, port, isReady, interrupt);
    }

    private ProcessStartInfo Command(params IReadOnlyList<string> arguments) =>
        server.EndsWith(".dll", StringComparison.Ordinal)
            ? ChildProcess.Command("dotnet", [server, .. arguments])
            : ChildProcess.Command(server, arguments);

    private sealed class Running : RunningBroker
    {
        private const int LogLinesShown = 10;
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

        private readonly ChildProcess _process;
        private readonly int _port;

        public Running(ProcessStartInfo command, int port, Func<AmqpLink, bool>? isReady, CancellationToken interrupt)
            : base(interrupt)
        {
            _port = port;
            var startedAt = Clock.Now;
            _process = ChildProcess.Start(command);
            try
            {
                AwaitReady(startedAt, isReady, () => _process.HasExited ? _process.LastErrorLines(LogLinesShown) : null, s_patience);
            }
            catch
            {
                _process.Dispose();
                throw;
            }
        }

        public override string Uri => LocalUri(_port);

        public override int Pid => _process.Id;

        public override void Kill() => _process.Kill();

        // Its data goes away with it.
        public override void Dispose() => _process.Dispose();
    }
}
