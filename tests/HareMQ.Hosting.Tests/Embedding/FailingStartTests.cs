using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace HareMQ.Hosting.Tests.Embedding;

public sealed class FailingStartTests
{
    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options => options.Port = port));
        Assert.Equal($"cannot listen on 127.0.0.1:{port}: the port is in use by another program", error.Message);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named()
    {
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options =>
        {
            options.Address = IPAddress.Parse("192.0.2.1");
            options.Port = 0;
        }));
        Assert.StartsWith("cannot listen on 192.0.2.1:0: ", error.Message);
    }

    [Fact]
    public async Task A_failed_listener_leaves_the_data_directory_free()
    {
        using var directory = new TemporaryDirectory();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var options = new HareBrokerOptions { DataDirectory = directory.Path, Port = ((IPEndPoint)other.LocalEndpoint).Port };
        await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options));
        options.Port = 0;
        await using var broker = await HareBroker.StartAsync(options);
        Assert.Equal(directory.Path, broker.DataDirectory);
    }

    [Fact]
    public async Task A_directory_in_use_is_named_with_its_holder()
    {
        using var directory = new TemporaryDirectory();
        var options = new HareBrokerOptions { DataDirectory = directory.Path, Port = 0 };
        await using var holder = await HareBroker.StartAsync(options);
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options));
        Assert.Equal($"The data directory {directory.Path} is in use by process {Environment.ProcessId}.", error.Message);
    }

    [Fact]
    public async Task A_directory_of_something_else_is_left_alone()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("format", "something else");
        var options = new HareBrokerOptions { DataDirectory = directory.Path, Port = 0 };
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options));
        Assert.Contains("no data directory of HareMQ", error.Message);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_named()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Write("file", "not a directory"), "data");
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options => options.DataDirectory = path));
        Assert.Contains(path, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task An_option_out_of_range_is_named_before_anything_is_opened()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "data");
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => HareBroker.StartAsync(options =>
        {
            options.DataDirectory = path;
            options.Port = 70_000;
        }));
        Assert.Contains("Port is 70000", error.Message);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing_behind()
    {
        using var directory = new TemporaryDirectory();
        var options = new HareBrokerOptions { DataDirectory = directory.Path, Port = 0 };
        await Assert.ThrowsAsync<OperationCanceledException>(() => HareBroker.StartAsync(options, new CancellationToken(canceled: true)));
        await using var broker = await HareBroker.StartAsync(options);
        Assert.NotEqual(0, broker.Port);
    }
}
