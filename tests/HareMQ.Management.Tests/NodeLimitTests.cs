using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>Limits of the whole broker, and rules for passwords.</summary>
public sealed class NodeLimitTests
{
    [Fact]
    public async Task Virtual_hosts_queues_and_exchanges_above_the_limit_are_refused_and_those_there_are_used()
    {
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.MaxVirtualHosts = 2;
            options.MaxQueues = 2;
        });
        var http = broker.Http;
        Assert.Equal(201, (await http.PutAsync("vhosts/v")).Status);
        Assert.Equal(204, (await http.PutAsync("vhosts/v")).Status);
        var refused = await http.PutAsync("vhosts/w");
        Assert.Equal(400, refused.Status);
        Assert.Contains("cannot create vhost 'w': vhost limit of 2 is reached", refused.Reason);
        Assert.Equal(201, (await http.PutAsync("queues/v/a")).Status);
        Assert.Equal(201, (await http.PutAsync("queues/%2F/b")).Status);
        Assert.Contains("cannot declare queue 'c': queue limit in cluster (2) is reached", (await http.PutAsync("queues/%2F/c")).Reason);
        Assert.Equal(204, (await http.PutAsync("queues/%2F/b")).Status);
        Assert.Equal(204, (await http.DeleteAsync("queues/v/a")).Status);
        Assert.Equal(201, (await http.PutAsync("queues/%2F/c")).Status);
    }

    [Fact]
    public async Task Exchanges_count_with_those_that_every_virtual_host_has()
    {
        var count = 0;
        await using (var other = await ManagementBroker.StartAsync()) count = (await other.Http.ReadAsync("exchanges")).AsArray().Count;
        await using var broker = await ManagementBroker.StartAsync(options => options.MaxExchanges = count + 1);
        Assert.Equal(201, (await broker.Http.PutAsync("exchanges/%2F/a", """{"type":"fanout"}""")).Status);
        var refused = await broker.Http.PutAsync("exchanges/%2F/b", """{"type":"fanout"}""");
        Assert.Contains($"cannot declare exchange 'b': exchange limit of {count + 1} is reached", refused.Reason);
        Assert.Equal(204, (await broker.Http.PutAsync("exchanges/%2F/a", """{"type":"fanout"}""")).Status);
    }

    [Fact]
    public async Task Channels_of_all_connections_count_together_and_closed_ones_no_more()
    {
        await using var broker = await ManagementBroker.StartAsync(options => options.MaxChannels = 2);
        var one = await broker.ConnectAsync();
        var two = await broker.ConnectAsync();
        var first = await one.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await two.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await first.CloseAsync(TestContext.Current.CancellationToken);
        await one.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => two.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("the maximum allowed limit of (2)", two.CloseReason!.ReplyText);
        await one.CloseAsync(TestContext.Current.CancellationToken);
        var three = await broker.ConnectAsync();
        await three.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Health_checks_tell_that_no_connection_more_is_let_in()
    {
        await using var broker = await ManagementBroker.StartAsync(options => options.MaxConnections = 1);
        var before = await broker.Http.ReadAsync("health/checks/below-node-connection-limit");
        Assert.Equal((1, 0), (before["limit"]!.GetValue<int>(), before["connections"]!.GetValue<int>()));
        Assert.Equal(200, (await broker.Http.GetAsync("health/checks/ready-to-serve-clients")).Status);
        await broker.ConnectAsync();
        foreach (var check in (string[])["below-node-connection-limit", "ready-to-serve-clients"])
        {
            var answer = await broker.Http.GetAsync($"health/checks/{check}");
            Assert.Equal((503, "node connection limit is reached"), (answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task Passwords_are_as_long_as_asked_for_and_hashed_as_asked_for()
    {
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.PasswordMinLength = 8;
            options.PasswordPattern = "[0-9]";
            options.PasswordHashing = HareMQ.Hosting.HarePasswordHashing.Sha512;
        });
        Assert.Contains("minimum required password length: 8", (await Put("short1")).Reason);
        Assert.Contains("does not match the validator regular expression", (await Put("long enough")).Reason);
        Assert.Equal(201, (await Put("long enough 1")).Status);
        Assert.Equal("rabbit_password_hashing_sha512", (await broker.Http.ReadAsync("users/u"))["hashing_algorithm"]!.ToString());
        using var user = broker.HttpAs("u", "long enough 1");
        Assert.Equal(200, (await user.GetAsync("whoami")).Status);

        Task<ApiAnswer> Put(string password) =>
            broker.Http.PutAsync("users/u", $$"""{"password":"{{password}}","tags":"management"}""");
    }
}
