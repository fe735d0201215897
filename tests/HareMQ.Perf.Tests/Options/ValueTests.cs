using HareMQ.Protocol;

namespace HareMQ.Perf.Tests;

/// <summary>Arguments of options: what they mean, and what is said of those that mean nothing.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("7", 7)]
    public void Times_have_units(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text));

    [Theory]
    [InlineData("100", 100, 100)]
    [InlineData("64k", 65536, 65536)]
    [InlineData("100-2k", 100, 2048)]
    [InlineData("1m", 1048576, 1048576)]
    public void Sizes_have_units_and_ranges(string text, int min, int max) => Assert.Equal(new SizeRange(min, max), SizeRange.Parse(text));

    [Theory]
    [InlineData("10", 1, 10)]
    [InlineData("11-20", 11, 20)]
    [InlineData("5-5", 5, 5)]
    public void Numbers_have_ranges(string text, int from, int to) => Assert.Equal(new NumberRange(from, to), NumberRange.Parse(text));

    [Fact]
    public void A_single_rate_has_no_time_of_its_own() => Assert.Equal([new RateStep(1000, null)], RateSteps.Parse("1000"));

    [Fact]
    public void Rate_0_is_no_limit() => Assert.Empty(RateSteps.Parse("0"));

    [Fact]
    public void Steps_take_the_time_of_the_next_that_has_one()
    {
        var (ten, thirty) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        Assert.Equal(
            [new RateStep(1000, thirty), new RateStep(5000, thirty), new RateStep(20000, thirty)],
            RateSteps.Parse("1000,5000,20000:30s"));
        Assert.Equal([new RateStep(100, ten), new RateStep(0, thirty), new RateStep(5, null)], RateSteps.Parse("100:10s,0:30s,5"));
    }

    [Fact]
    public void Steps_without_a_time_share_the_duration_and_the_first_gets_the_warm_up()
    {
        var plan = RateSteps.Plan(RateSteps.Parse("10,20"), duration: TimeSpan.FromSeconds(10), warmUp: TimeSpan.FromSeconds(1))!;
        Assert.Equal([TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(5)], plan.Steps.Select(step => step.Duration!.Value));
    }

    [Theory]
    [InlineData("a=5", FieldType.SignedLong)]
    [InlineData("a=-5", FieldType.SignedLong)]
    [InlineData("a=true", FieldType.Boolean)]
    [InlineData("a=drop-head", FieldType.LongString)]
    [InlineData("a=", FieldType.LongString)]
    [InlineData("a:string=5", FieldType.LongString)]
    [InlineData("a:int=5", FieldType.SignedInt)]
    [InlineData("a:double=5", FieldType.Double)]
    [InlineData("a:timestamp=5", FieldType.Timestamp)]
    [InlineData("a:bool=false", FieldType.Boolean)]
    internal void Fields_are_typed_by_their_looks_or_by_name(string text, FieldType type)
    {
        var (name, value) = TypedField.Parse(text);
        Assert.Equal(("a", type), (name, value.Type));
    }

    [Theory]
    [InlineData("amqp://localhost", "localhost", 5672, "guest", "guest", "/")]
    [InlineData("amqp://u:p%40w@h:1234/", "h", 1234, "u", "p@w", "/")]
    [InlineData("amqp://h/%2F", "h", 5672, "guest", "guest", "/")]
    [InlineData("amqp://h/prod%2Feu", "h", 5672, "guest", "guest", "prod/eu")]
    [InlineData("amqp://[::1]:5673/v", "::1", 5673, "guest", "guest", "v")]
    public void Addresses_are_uris(string text, string host, int port, string user, string password, string virtualHost) =>
        Assert.Equal(new BrokerAddress(host, port, user, password, virtualHost), BrokerAddress.Parse(text));

    public static TheoryData<string, string> Wrong => new()
    {
        { "duration", "soon" }, { "duration", "-1s" }, { "duration", "99999h" },
        { "size", "big" }, { "size", "2k-1k" }, { "size", "1g" }, { "size", "200m" },
        { "queues", "0" }, { "queues", "20-11" }, { "queues", "1-2-3" }, { "queues", "x" },
        { "rate", "fast" }, { "rate", "10:soon" }, { "rate", "0,0:5s" }, { "rate", "10:0s" }, { "rate", "10,,20" },
        { "queue-argument", "x" }, { "queue-argument", "=x" }, { "queue-argument", "a:int=x" }, { "queue-argument", "a:text=x" },
        { "uri", "localhost" }, { "uri", "amqps://h" }, { "uri", "http://h" }, { "uri", "amqp://h/a/b" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_means_nothing_is_refused_with_the_option(string option, string value)
    {
        var run = PerfRun.Execute("throughput", $"--{option}={value}");
        Assert.Equal((int)ExitCode.Usage, run.ExitCode);
        Assert.Contains($"--{option}: ", run.Error, StringComparison.Ordinal);
    }
}
