namespace HareMQ.Perf.Tests;

/// <summary>A broker that goes wrong at the 50th message: exit code and message must say how.</summary>
public sealed class FaultTests
{
    private const string Load = "--consumers 0 --count 200 --confirms 10 --timeout 3s";

    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Without_a_fault_the_counts_reconcile()
    {
        using var broker = new FakeBroker(_ => Reaction.Confirm);
        var run = PerfRun.Scenario(broker.Uri, "throughput", Load);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData((int)Reaction.CloseChannel, (int)ExitCode.BrokerClosed, "the broker closed the channel: 406 PRECONDITION_FAILED - not today")]
    [InlineData((int)Reaction.CloseConnection, (int)ExitCode.BrokerClosed, "the broker closed the connection: 320 CONNECTION_FORCED - going down")]
    [InlineData((int)Reaction.Garbage, (int)ExitCode.BrokerClosed, "the broker sent what is not AMQP 0-9-1")]
    [InlineData((int)Reaction.Drop, (int)ExitCode.ConnectionLost, "connection lost: ")]
    [InlineData((int)Reaction.Block, (int)ExitCode.Blocked, "(connection.blocked): low on memory")]
    public void A_fault_ends_the_run_with_its_reason(int fault, int exitCode, string reason)
    {
        using var broker = new FakeBroker(number => number == 50 ? (Reaction)fault : Reaction.Confirm);
        var run = PerfRun.Scenario(broker.Uri, "throughput", Load);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("hareperf: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_confirm_that_never_comes_is_missed()
    {
        using var broker = new FakeBroker(number => number == 50 ? Reaction.Nothing : Reaction.Confirm);
        var run = PerfRun.Scenario(broker.Uri, "throughput", Load);
        Assert.True(run.ExitCode == (int)ExitCode.NotReconciled, run.Error);
        Assert.Contains("{\"name\":\"confirmed = published\",\"actual\":199,\"expected\":200,\"ok\":false}", run.Output, StringComparison.Ordinal);
        Assert.Contains("do not reconcile", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nack_is_an_error_where_nothing_calls_for_it()
    {
        using var broker = new FakeBroker(number => number == 50 ? Reaction.Nack : Reaction.Confirm);
        var run = PerfRun.Scenario(broker.Uri, "throughput", Load);
        Assert.True(run.ExitCode == (int)ExitCode.NotReconciled, run.Error);
        Assert.Contains("{\"name\":\"nacked = nothing\",\"actual\":1,\"expected\":0,\"ok\":false}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_the_queue_does_not_have_is_missed_although_it_was_confirmed()
    {
        using var broker = new FakeBroker(_ => Reaction.Confirm, missing: 1);
        var run = PerfRun.Scenario(broker.Uri, "throughput", Load);
        Assert.True(run.ExitCode == (int)ExitCode.NotReconciled, run.Error);
        Assert.Contains("\"actual\":199,\"expected\":200", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_keeps_the_record_of_what_was_confirmed_when_the_connection_is_lost()
    {
        try
        {
            using var broker = new FakeBroker(number => number == 50 ? Reaction.Drop : Reaction.Confirm);
            var run = PerfRun.Scenario(broker.Uri, "verify", $"--phase publish --count 200 --confirms 10 --file {_file}");
            Assert.Equal((int)ExitCode.ConnectionLost, run.ExitCode);
            using var record = ConfirmRecord.Read(_file);
            Assert.InRange(record.Count, 40, 49);
            Assert.Contains($"until then {record.Count} messages were confirmed and recorded in {_file}", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_file);
        }
    }

    [Fact]
    public void A_broker_that_never_answers_is_not_waited_for_for_ever()
    {
        using var broker = new FakeBroker(_ => Reaction.Nothing);
        var run = PerfRun.Scenario(broker.Uri, "throughput", "--consumers 0 --count 200 --confirms 10 --timeout 3s");
        Assert.True(run.ExitCode == (int)ExitCode.NotReconciled, run.Error);
        Assert.Contains("\"actual\":0,\"expected\":10", run.Output, StringComparison.Ordinal);
        Assert.True(run.Report().GetProperty("seconds").GetDouble() > 0);
    }
}
