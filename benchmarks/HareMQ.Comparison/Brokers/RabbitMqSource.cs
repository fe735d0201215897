using System.Globalization;
using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <summary>A private rabbitmq-server node with its defaults, through tests/lib/rabbitmq.sh.</summary>
internal sealed class RabbitMqSource(string label, CancellationToken interrupt) : BrokerSource(label)
{
    private const string Installed = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Versions = "/usr/lib/rabbitmq/lib";

    private static readonly string s_script = BuiltFiles.InRepository("tests/lib/rabbitmq.sh");

    public static bool IsInstalled => File.Exists(Installed);

    public override string Description
    {
        get
        {
            var directory = Directory.EnumerateDirectories(Versions, "rabbitmq_server-*").FirstOrDefault();
            return directory is null ? "rabbitmq-server" : Path.GetFileName(directory).Replace("rabbitmq_server-", "rabbitmq-server ", StringComparison.Ordinal);
        }
    }

    public override RunningBroker Start(string directory, Func<AmqpLink, bool>? isReady = null) => new Running(directory, isReady, interrupt);

    private sealed class Running : RunningBroker
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

        private readonly string _directory;
        private readonly int _port;

        public Running(string directory, Func<AmqpLink, bool>? isReady, CancellationToken interrupt)
            : base(interrupt)
        {
            _directory = directory;
            // The port is in the node's name, and the name in its data: with another one it would start empty.
            var lastPort = Path.Combine(directory, "port");
            _port = File.Exists(lastPort) ? int.Parse(File.ReadAllText(lastPort), CultureInfo.InvariantCulture) : FreePort.Find();
            var startedAt = Clock.Now;
            using var script = Script("start", directory, _port.ToString(CultureInfo.InvariantCulture));
            try
            {
                AwaitReady(startedAt, isReady, () => script.HasExited && script.ExitCode != 0 ? script.Error : null, s_patience);
                // It writes the pid early, and returns when the node has finished booting.
                if (script.WaitForExit(s_patience, interrupt) != 0) throw new ComparisonException($"the broker did not start: {script.Error}");
            }
            catch
            {
                script.Dispose();
                Dispose();
                throw;
            }
        }

        public override string Uri => LocalUri(_port);

        public override int Pid => ReadPid("server.pid");

        public override void Kill()
        {
            ChildProcess.KillOrphan(Pid);
            // The script starts another one with the node.
            ChildProcess.KillOrphan(ReadPid("epmd.pid"));
        }

        public override void Dispose()
        {
            using var script = Script("stop", _directory);
            script.WaitForExit(s_patience);
        }

        private static ChildProcess Script(params IReadOnlyList<string> arguments) =>
            ChildProcess.Start(ChildProcess.Command("bash", [s_script, .. arguments]));

        private int ReadPid(string file) => int.Parse(File.ReadAllText(Path.Combine(_directory, file)), CultureInfo.InvariantCulture);
    }
}
