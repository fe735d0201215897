using System.Net;
using RabbitMQ.Client;

namespace HareMQ.Hosting.Tests.Embedding;

public sealed class HareBrokerTests
{
    [Fact]
    public async Task A_client_connects_with_the_brokers_own_uri()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        Assert.NotEqual(0, broker.Port);
        Assert.Equal($"amqp://guest:guest@127.0.0.1:{broker.Port}/%2F", broker.Uri.AbsoluteUri);
        await using var client = await Client.ConnectAsync(broker.Uri);
        await client.DeclareAsync("q");
        await client.PublishAsync("q", "hello");
        Assert.Equal("hello", await client.GetAsync("q"));
        Assert.Null(await client.GetAsync("q"));
    }

    [Fact]
    public async Task The_uri_carries_user_password_and_virtual_host_whatever_characters_they_have()
    {
        await using var broker = await HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DefaultUser = "o'neil@home/:";
            options.DefaultPassword = "pä%ss w:/?#@";
            options.DefaultVirtualHost = "orders/eu #1";
        });
        await using var client = await Client.ConnectAsync(broker.Uri);
        Assert.True(client.Connection.IsOpen);
    }

    [Fact]
    public async Task A_listener_on_every_interface_is_reached_through_the_loopback_one()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Listeners = [new IPEndPoint(IPAddress.IPv6Any, 0)]);
        Assert.Equal("127.0.0.1", broker.Uri.Host);
        await using var client = await Client.ConnectAsync(broker.Uri);
        await using var other = await Client.ConnectAsync(new UriBuilder(broker.Uri) { Host = "[::1]" }.Uri);
        Assert.True(client.Connection.IsOpen && other.Connection.IsOpen);
    }

    [Fact]
    public async Task Every_listener_has_its_end_point()
    {
        await using var broker = await HareBroker.StartAsync(options =>
            options.Listeners = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.IPv6Loopback, 0)]);
        Assert.Equal(2, broker.EndPoints.Count);
        Assert.All(broker.EndPoints, endPoint => Assert.NotEqual(0, endPoint.Port));
        Assert.Equal(broker.EndPoints[0].Port, broker.Port);
    }

    [Fact]
    public async Task A_broker_without_listeners_runs_but_has_no_uri()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Listeners = []);
        Assert.Equal(0, broker.Port);
        Assert.Throws<InvalidOperationException>(() => broker.Uri);
    }

    [Fact]
    public async Task Clients_see_the_products_name_and_version()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await Client.ConnectAsync(broker.Uri);
        var properties = client.Connection.ServerProperties!;
        Assert.Equal("HareMQ"u8.ToArray(), properties["product"]);
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(HareBroker.Version), properties["version"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", HareBroker.Version);
    }

    [Fact]
    public async Task Temporary_data_is_gone_when_the_broker_is_disposed()
    {
        var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using (var client = await Client.ConnectAsync(broker.Uri))
        {
            await client.DeclareAsync("q");
            await client.PublishAsync("q", "hello");
        }

        Assert.True(Directory.Exists(broker.DataDirectory));
        await broker.DisposeAsync();
        Assert.False(Directory.Exists(broker.DataDirectory));
    }

    [Theory]
    [InlineData(HareDurability.Fsync)]
    [InlineData(HareDurability.Os)]
    public async Task Data_in_a_directory_of_its_own_survives_the_broker(HareDurability durability)
    {
        using var directory = new TemporaryDirectory();
        var options = new HareBrokerOptions { Port = 0, DataDirectory = directory.Path, Durability = durability };
        await using (var broker = await HareBroker.StartAsync(options))
        await using (var client = await Client.ConnectAsync(broker.Uri))
        {
            await client.DeclareAsync("q");
            await client.Channel.ExchangeDeclareAsync("e", ExchangeType.Topic, durable: true);
            await client.Channel.QueueBindAsync("q", "e", "a.*");
            for (var i = 0; i < 100; i++) await client.PublishAsync("q", $"message {i}");
        }

        await using (var broker = await HareBroker.StartAsync(options))
        await using (var client = await Client.ConnectAsync(broker.Uri))
        {
            Assert.Equal(directory.Path, broker.DataDirectory);
            await client.Channel.BasicPublishAsync("e", "a.b", mandatory: true, "bound"u8.ToArray());
            for (var i = 0; i < 100; i++) Assert.Equal($"message {i}", await client.GetAsync("q"));
            Assert.Equal("bound", await client.GetAsync("q"));
        }
    }

    [Fact]
    public async Task Several_brokers_in_one_process_know_nothing_of_each_other()
    {
        await using var first = await HareBroker.StartAsync(options => options.Port = 0);
        await using var second = await HareBroker.StartAsync(options => options.Port = 0);
        await using var firstClient = await Client.ConnectAsync(first.Uri);
        await using var secondClient = await Client.ConnectAsync(second.Uri);
        await firstClient.DeclareAsync("q");
        await secondClient.DeclareAsync("q");
        await firstClient.PublishAsync("q", "first");
        Assert.Null(await secondClient.GetAsync("q"));
        Assert.Equal("first", await firstClient.GetAsync("q"));
    }

    [Fact]
    public async Task Disposing_closes_clients_with_320()
    {
        var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await Client.ConnectAsync(broker.Uri);
        var shutdown = new TaskCompletionSource<ushort>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Connection.ConnectionShutdownAsync += (_, reason) =>
        {
            shutdown.TrySetResult(reason.ReplyCode);
            return Task.CompletedTask;
        };
        await broker.DisposeAsync();
        Assert.Equal(Constants.ConnectionForced, await shutdown.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Disposing_twice_is_no_error_and_frees_the_port_once_for_all()
    {
        var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await broker.DisposeAsync();
        await broker.DisposeAsync();
        await using var next = await HareBroker.StartAsync(options => options.Port = broker.Port);
        Assert.Equal(broker.Port, next.Port);
    }
}
