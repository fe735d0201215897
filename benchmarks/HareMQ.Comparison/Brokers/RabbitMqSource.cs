using System.Globalization;
using HareMQ.Perf;

namespace HareMQ.Comparison.Brokers;

/// <summary>A private rabbitmq-server node with its defaults, through tests/lib/rabbitmq.sh.</summary>
internal sealed class RabbitMqSource(string label) : BrokerSource(label)
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

    public override RunningBroker Start(string directory, Func<AmqpLink, bool>? isReady = null) => new Running(directory, isReady);

    private sealed class Running : RunningBroker
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

        private readonly string _directory;
        private readonly int _port = FreePort.Find();

        public Running(string directory, Func<AmqpLink, bool>? isReady)
        {
            _directory = directory;
            var startedAt = Clock.Now;
            using var script = Script("start", directory, _port.ToString(CultureInfo.InvariantCulture));
            try
            {
                AwaitReady(startedAt, isReady, () => script.HasExited && script.ExitCode != 0 ? script.Error : null, s_patience);
                // It writes the pid early, and returns when the node has finished booting.
                if (script.WaitForExit(s_patience) != 0) throw new ComparisonException($"the broker did not start: {script.Error}");
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
