using System.Net;
using HareMQ.Testing;

namespace HareMQ.Management.Tests;

/// <summary>Clients by their names.</summary>
public sealed class PeerNameTests
{
    [Fact]
    public async Task The_host_of_a_client_is_shown_by_its_name_where_that_is_asked_for()
    {
        // As this machine's resolver has it; most say localhost.
        var name = (await Dns.GetHostEntryAsync(IPAddress.Loopback)).HostName;
        Assert.NotEqual("127.0.0.1", name);
        await using var broker = await ManagementBroker.StartAsync(options => options.ReverseDnsLookups = true);
        var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await Eventually.Equal(name, async () => (await broker.Http.ReadAsync("connections"))[0]!["peer_host"]!.GetValue<string>());
        var shown = (await broker.Http.ReadAsync("connections"))[0]!;
        Assert.StartsWith("127.0.0.1:", shown["name"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", shown["host"]!.GetValue<string>());
        Assert.Equal(name, (await broker.Http.ReadAsync("channels"))[0]!["connection_details"]!["peer_host"]!.GetValue<string>());
    }

    [Fact]
    public async Task Otherwise_it_is_the_address()
    {
        await using var broker = await ManagementBroker.StartAsync();
        await broker.ConnectAsync();
        Assert.Equal("127.0.0.1", (await broker.Http.ReadAsync("connections"))[0]!["peer_host"]!.GetValue<string>());
    }
}
