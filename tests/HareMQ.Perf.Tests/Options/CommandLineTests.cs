namespace HareMQ.Perf.Tests;

public sealed class CommandLineTests
{
    private static readonly string[] s_scenarios =
        ["throughput", "latency", "fanout", "topic", "backlog", "verify", "churn", "connections", "queues"];

    public static TheoryData<string> Scenarios => [.. s_scenarios];

    [Fact]
    public void The_overview_names_every_scenario()
    {
        var run = PerfRun.Execute("--help");
        Assert.Equal(0, run.ExitCode);
        Assert.All(s_scenarios, scenario => Assert.Contains($"\n  {scenario} ", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Help_of_a_scenario_has_examples_that_it_accepts_and_every_option_it_names(string scenario)
    {
        var help = PerfRun.Execute(scenario, "--help");
        Assert.Equal(0, help.ExitCode);
        var examples = help.Output.Split('\n').Where(line => line.StartsWith($"  hareperf {scenario}", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(examples);
        var words = examples.SelectMany(example => example.Split(' '));
        foreach (var option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal)))
            Assert.Contains($"\n  {option} ", help.Output, StringComparison.Ordinal);
        Assert.Contains("--uri URI", help.Output, StringComparison.Ordinal);
        Assert.All(help.Output.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    [Theory]
    [InlineData("throughput --rat 5", "--rate")]
    [InlineData("throughput --queue-arguments a=1", "--queue-argument")]
    [InlineData("througput --rate 5", "throughput")]
    [InlineData("verfy", "verify")]
    public void A_slip_gets_the_nearest_name(string line, string nearest)
    {
        var run = PerfRun.Execute(line.Split(' '));
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
        Assert.Contains(nearest, run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Examples", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throughput --publishers 0 --consumers 0", "nothing to do")]
    [InlineData("throughput --count 10 --rate 1,2:3s", "--count")]
    [InlineData("throughput --count 1 --publishers 2", "idle")]
    [InlineData("throughput --queues 2 --queue-pattern q", "%d")]
    [InlineData("latency --size 8", "16")]
    [InlineData("verify --phase drain", "--file")]
    [InlineData("verify --phase drain --file /nowhere/at/all", "/nowhere/at/all")]
    [InlineData("verify --file /nowhere/at/all", "/nowhere/at/all")]
    [InlineData("backlog --publishers 0", "publishers")]
    [InlineData("churn --pid 999999999 --count 1", "--pid")]
    public void Options_that_do_not_go_together_end_the_run_before_it_begins(string line, string reason)
    {
        var run = PerfRun.Execute(line.Split(' '));
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("hareperf: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_broker_is_an_error_with_its_address()
    {
        var run = PerfRun.Execute("throughput", "--uri", "amqp://127.0.0.1:1/");
        Assert.Equal((int)ExitCode.ConnectionLost, run.ExitCode);
        Assert.Contains("cannot connect to 127.0.0.1:1: Connection refused", run.Error, StringComparison.Ordinal);
    }
}
