using System.Globalization;
using System.Text.Json;

namespace HareMQ.Perf.Tests;

/// <summary>Every scenario for about a second against real brokers: it must end by itself, with counts that add up.</summary>
public sealed class ScenarioTests(Brokers brokers) : IClassFixture<Brokers>
{
    public static TheoryData<string> Names => Brokers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Throughput_consumes_all_that_it_publishes(string broker)
    {
        var report = Run(broker, "throughput", "--duration 1s --warmup 200ms --size 100");
        Assert.True(Number(report, "consumed") > 1000);
        Assert.Equal(Number(report, "published"), Number(report, "consumed"));
        Assert.True(report.GetProperty("latency").GetProperty("count").GetInt64() > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Throughput_with_everything_turned_on_adds_up(string broker)
    {
        var report = Run(broker, "throughput",
            "--count 6000 --publishers 3 --consumers 4 --queues 5-9 --queue-pattern perf-all-%d --size 0-9k --persistent "
            + "--confirms 100 --mandatory --ack-every 7 --prefetch 20 --priority 3 --header a=1 --header b:string=2 --queue-argument x-max-priority=5 "
            + "--exchange perf-all --exchange-type topic --routing-key a.%d --binding-key *.%d "
            + "--publisher-threads 2 --consumer-threads 2 --inflight 500");
        Assert.Equal((6000, 6000, 6000), (Number(report, "published"), Number(report, "confirmed"), Number(report, "consumed")));
        Assert.Equal(0, Number(report, "returned"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Unroutable_messages_come_back_and_are_counted(string broker)
    {
        var report = Run(broker, "throughput",
            "--consumers 0 --count 500 --confirms 50 --mandatory --routing-key perf-nowhere --queue-pattern perf-ret");
        Assert.Equal((500, 500), (Number(report, "returned"), Number(report, "confirmed")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Messages_can_be_published_by_one_run_and_consumed_by_another(string broker)
    {
        Assert.Equal(3000, Number(Run(broker, "throughput", "--consumers 0 --count 3000 --queue-pattern perf-two --keep"), "published"));
        var refused = PerfRun.Scenario(brokers.Uri(broker), "throughput", "--count 10 --queue-pattern perf-two");
        Assert.Equal((int)ExitCode.Usage, refused.ExitCode);
        Assert.Contains("hold 3000 messages already", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3000, Number(Run(broker, "throughput", "--publishers 0 --queue-pattern perf-two --auto-ack"), "consumed"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Runs_share_a_queue_without_missing_what_is_the_others(string broker)
    {
        const string Queue = "--queue-pattern perf-shared --shared";
        Run(broker, "throughput", $"--consumers 0 --count 2000 --keep {Queue}");
        // Its own and what it found: the counts of neither run alone add up.
        var report = Run(broker, "throughput", $"--count 500 --confirms 100 --duration 1s --auto-ack {Queue}");
        Assert.Equal(500, Number(report, "confirmed"));
        Assert.InRange(Number(report, "consumed"), 1, 2500);
        Assert.DoesNotContain(report.GetProperty("checks").EnumerateArray(),
            check => check.GetProperty("name").GetString() == "left in queues = nothing");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_full_queues_drop_is_not_called_lost(string broker)
    {
        var run = PerfRun.Execute("throughput", "--uri", brokers.Uri(broker).ToString(), "--quiet", "--count", "2000", "--consumers", "0",
            "--queue-pattern", "perf-full", "--confirms", "100", "--queue-argument", "x-max-length=10",
            "--queue-argument", "x-overflow=reject-publish");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("nacked", run.Output, StringComparison.Ordinal);
        Assert.Contains("let them drop messages", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nacks_of_queues_with_no_reason_for_them_are_reported(string broker)
    {
        // Declared by somebody else, as when an operator's policy limits a queue: the run does not know.
        const string Limited = "--queue-pattern perf-nack-%d --queue-argument x-max-length=10 --queue-argument x-overflow=reject-publish";
        Run(broker, "queues", $"--count 1 --hold 0s --keep {Limited}");
        var run = PerfRun.Scenario(brokers.Uri(broker), "throughput",
            "--no-declare --consumers 0 --count 100 --confirms 10 --queue-pattern perf-nack-%d");
        Assert.Equal((int)ExitCode.NotReconciled, run.ExitCode);
        Assert.Contains("\"nacked = nothing\",\"actual\":90", run.Output, StringComparison.Ordinal);
        Run(broker, "throughput", $"--publishers 0 {Limited}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Latency_keeps_its_rate_and_confirms_every_message(string broker)
    {
        var report = Run(broker, "latency", "--rate 500 --duration 1s --warmup 200ms");
        Assert.Equal(Number(report, "published"), Number(report, "confirmed"));
        Assert.InRange(report.GetProperty("latency").GetProperty("count").GetInt64(), 450, 700);
        Assert.True(report.GetProperty("confirm_latency").GetProperty("p50_us").GetDouble() > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rates_in_steps_are_reported_step_by_step(string broker)
    {
        var report = Run(broker, "latency", "--rate 200,1000:500ms --warmup 0s");
        var steps = report.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal([200, 1000], steps.Select(step => step.GetProperty("target_rate").GetDouble()));
        Assert.True(steps[1].GetProperty("publish_rate").GetDouble() > 2 * steps[0].GetProperty("publish_rate").GetDouble());
        Assert.InRange(Number(report, "published"), 560, 640);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fanout_delivers_each_message_to_every_queue(string broker)
    {
        var report = Run(broker, "fanout", "--queues 5 --count 1000 --size 64");
        Assert.Equal(5000, Number(report, "consumed"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Topic_delivers_each_message_once(string broker)
    {
        var report = Run(broker, "topic", "--bindings 40 --queues 3 --consumers 2 --count 4000 --size 64");
        Assert.Equal(4000, Number(report, "consumed"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backlog_drains_what_it_filled(string broker)
    {
        var report = Run(broker, "backlog", "--count 5000 --queues 2 --publishers 2 --consumers 2");
        Assert.Equal((5000, 5000), (Number(report, "fill_confirmed"), Number(report, "drain_consumed")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_finds_nothing_missing(string broker)
    {
        var report = Run(broker, "verify", "--publishers 2 --duration 1s --size 20-5000");
        Assert.True(Number(report, "confirmed") > 100);
        Assert.Equal(Number(report, "confirmed"), Number(report, "delivered"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_in_two_runs_finds_what_was_taken_in_between(string broker)
    {
        var file = Path.GetTempFileName();
        try
        {
            Run(broker, "verify", $"--phase publish --count 300 --queue perf-taken --file {file}");
            var lost = PerfRun.Scenario(brokers.Uri(broker), "verify", $"--phase drain --queue perf-taken --file {file} --keep");
            Assert.Equal(0, lost.ExitCode);
            // All have been taken by now: draining once more finds none of them.
            lost = PerfRun.Scenario(brokers.Uri(broker), "verify", $"--phase drain --queue perf-taken --file {file}");
            Assert.Equal((int)ExitCode.NotReconciled, lost.ExitCode);
            Assert.Contains("\"lost = nothing\",\"actual\":300", lost.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Churn_counts_its_cycles(string broker)
    {
        var report = Run(broker, "churn", "--count 60 --channels 3 --parallel 3");
        Assert.Equal(60, Number(report, "cycles"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Connections_are_all_alive_at_the_end(string broker)
    {
        var report = Run(broker, "connections", $"--count 50 --hold 100ms --channels 2 --pid {Environment.ProcessId}");
        Assert.Equal(50, Number(report, "connections"));
        Assert.True(report.TryGetProperty("broker_kb_per_connection", out _));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Queues_are_declared_and_deleted(string broker)
    {
        var report = Run(broker, "queues", "--count 200 --hold 0s");
        Assert.Equal(200, Number(report, "queues"));
        Assert.True(Number(report, "delete_rate") > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_interrupted_run_still_accounts_for_what_it_sent(string broker)
    {
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var run = PerfRun.Execute(
            interrupt.Token, "throughput", "--uri", brokers.Uri(broker).ToString(), "--rate", "1000", "--duration", "1h", "--json", "-");
        Assert.Equal((int)ExitCode.Interrupted, run.ExitCode);
        Assert.True(run.Report().GetProperty("reconciled").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_broker_refuses_is_shown_in_its_own_words(string broker)
    {
        var run = PerfRun.Scenario(brokers.Uri(broker), "throughput", "--no-declare --queue-pattern perf-missing");
        Assert.Equal((int)ExitCode.BrokerClosed, run.ExitCode);
        Assert.Contains(
            "the broker closed the channel: 404 NOT_FOUND - no queue 'perf-missing' in vhost '/'", run.Error, StringComparison.Ordinal);
    }

    private JsonElement Run(string broker, string scenario, string options)
    {
        var run = PerfRun.Scenario(brokers.Uri(broker), scenario, options);
        Assert.True(run.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"exit code {run.ExitCode}: {run.Error}{run.Output}"));
        var report = run.Report();
        Assert.True(report.GetProperty("reconciled").GetBoolean());
        return report;
    }

    private static double Number(JsonElement report, string name) => report.GetProperty(name).GetDouble();
}
