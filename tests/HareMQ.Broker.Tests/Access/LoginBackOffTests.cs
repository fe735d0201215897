using System.Globalization;
using System.Net;
using HareMQ.Broker.Access;
using HareMQ.Broker.Tests.Queues;

namespace HareMQ.Broker.Tests.Access;

public sealed class LoginBackOffTests
{
    private static readonly IPEndPoint s_peer = new(IPAddress.Parse("192.0.2.1"), 4242);
    private static readonly IPEndPoint s_other = new(IPAddress.Parse("192.0.2.2"), 4242);

    private readonly LifeTime _time = new();
    private readonly LoginBackOff _logins;

    public LoginBackOffTests() => _logins = new LoginBackOff(_time);

    [Fact]
    public void A_few_failures_cost_nothing_and_further_ones_double_the_wait_up_to_a_limit()
    {
        var delays = new List<double>();
        for (var i = 0; i < LoginBackOff.FreeFailures + 7; i++)
        {
            delays.Add(_logins.DelayOf(s_peer, "orders").TotalMilliseconds);
            _logins.Failed(s_peer, "orders");
        }

        Assert.Equal([0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000], delays);
    }

    [Fact]
    public void Guessing_one_user_from_many_addresses_is_slowed()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(new IPEndPoint(IPAddress.Parse($"198.51.100.{i}"), 1), "orders");
        Assert.Equal(LoginBackOff.DelayMin, _logins.DelayOf(s_peer, "orders"));
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(s_peer, "another"));
    }

    [Fact]
    public void Guessing_many_users_from_one_address_is_slowed()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(s_peer, $"user{i}");
        Assert.Equal(LoginBackOff.DelayMin, _logins.DelayOf(s_peer, "another"));
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(s_other, "another"));
    }

    [Fact]
    public void A_success_clears_the_user_but_not_the_address()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(s_peer, "orders");
        _logins.Succeeded("orders");
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(s_other, "orders"));
        Assert.Equal(LoginBackOff.DelayMin, _logins.DelayOf(s_peer, "orders"));
    }

    [Fact]
    public void Addresses_of_this_machine_do_not_count()
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Loopback.MapToIPv6()])
        {
            for (var i = 0; i < 10; i++) _logins.Failed(new IPEndPoint(address, 1), $"user{i}");
            Assert.Equal(TimeSpan.Zero, _logins.DelayOf(new IPEndPoint(address, 1), "another"));
        }
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_are_one()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(new IPEndPoint(IPAddress.Parse($"2001:db8:1:2::{i}"), 1), $"user{i}");
        Assert.Equal(LoginBackOff.DelayMin, _logins.DelayOf(new IPEndPoint(IPAddress.Parse("2001:db8:1:2:ffff::1"), 1), "another"));
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(new IPEndPoint(IPAddress.Parse("2001:db8:1:3::1"), 1), "another"));
    }

    [Fact]
    public void Failures_are_forgotten_after_one_to_two_minutes()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(s_peer, "orders");
        _time.Advance((long)LoginBackOff.Generation.TotalMilliseconds);
        Assert.Equal(LoginBackOff.DelayMin, _logins.DelayOf(s_peer, "orders"));
        _time.Advance((long)LoginBackOff.Generation.TotalMilliseconds);
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(s_peer, "orders"));
        Assert.Equal(0, _logins.Count());
    }

    [Fact]
    public void What_is_long_past_is_forgotten_at_once()
    {
        for (var i = 0; i < LoginBackOff.FreeFailures; i++) _logins.Failed(s_peer, "orders");
        _time.Advance((long)LoginBackOff.Generation.TotalMilliseconds * 2);
        Assert.Equal(TimeSpan.Zero, _logins.DelayOf(s_peer, "orders"));
    }

    [Fact]
    public void A_flood_of_names_and_addresses_does_not_fill_the_memory()
    {
        for (var i = 0; i < 50_000; i++)
        {
            var address = new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
            _logins.Failed(new IPEndPoint(address, 1), i.ToString(CultureInfo.InvariantCulture) + new string('x', 200));
            Assert.InRange(_logins.Count(), 1, 2 * LoginBackOff.EntriesMax);
        }
    }
}
