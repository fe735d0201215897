using System.Net;
using HareMQ.Broker.Statistics;

namespace HareMQ.Broker.Tests.Statistics;

public sealed class LoginAttemptsTests
{
    private readonly LoginAttempts _attempts = new();

    [Fact]
    public void Of_many_sources_those_that_tried_longest_ago_are_forgotten_and_the_totals_stay()
    {
        for (var i = 0; i < LoginAttempts.SourcesMax; i++) _attempts.Count(IPAddress.Loopback, $"u{i}", succeeded: false);
        _attempts.Count(IPAddress.Loopback, "u0", succeeded: true);
        _attempts.Count(IPAddress.Loopback, "new", succeeded: false);
        Assert.Equal(LoginAttempts.SourcesMax, _attempts.Sources.Count);
        Assert.Equal(["new", "u0"], _attempts.Sources.Take(2).Select(source => source.User));
        Assert.DoesNotContain(_attempts.Sources, source => source.User == "u1");
        Assert.Equal((1, 1), (_attempts.Sources[1].Counts.Succeeded, _attempts.Sources[1].Counts.Failed));
        Assert.Equal(LoginAttempts.SourcesMax + 2, _attempts.SinceReset.Succeeded + _attempts.SinceReset.Failed);
    }

    [Fact]
    public void A_reset_does_not_turn_back_what_metrics_show()
    {
        _attempts.Count(IPAddress.Loopback, "u", succeeded: true);
        _attempts.Reset();
        Assert.Empty(_attempts.Sources);
        Assert.Equal((0, 1), (_attempts.SinceReset.Succeeded, _attempts.Ever.Succeeded));
    }

    [Fact]
    public void A_mapped_address_is_the_one_it_stands_for_and_a_long_name_its_beginning()
    {
        _attempts.Count(IPAddress.Parse("::ffff:192.0.2.1"), new string('x', 100_000), succeeded: false);
        var source = Assert.Single(_attempts.Sources);
        Assert.Equal(("192.0.2.1", LoginAttempts.NameCharactersMax), (source.Address, source.User.Length));
    }
}
