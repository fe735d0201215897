using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using HareMQ.Testing;

namespace HareMQ.Cli.Tests;

/// <summary>Taking a broker out of service for a while, without stopping it.</summary>
public sealed class MaintenanceTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private ControlledNode _node = null!;

    private int Port => _node.Node.Broker!.Port;

    public async ValueTask InitializeAsync() =>
        _node = await ControlledNode.StartAsync("management.tcp.port=0", "management.tcp.ip=127.0.0.1");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Suspended_listeners_let_nobody_in_and_leave_those_alone_who_are_in()
    {
        var port = Port;
        var connection = await _node.ConnectAsync();
        Assert.Equal(
            $"Will suspend client connection listeners on node {ControlledNode.Name}. The node will no longer accept client connections!\n",
            (await _node.CtlAsync("suspend_listeners")).Succeeded().Output);
        await _node.QuietAsync("suspend_listeners");
        await AssertRefusedAsync(port);
        (await _node.CtlAsync("check_port_listener", $"{port}")).Failed(ExitCode.Unavailable, $"No listener for port {port} is active");
        (await _node.CtlAsync("check_protocol_listener", "amqp")).Failed(ExitCode.Unavailable, "No listener for protocol amqp is active");
        await _node.QuietAsync("check_port_connectivity");
        Assert.DoesNotContain("protocol: amqp", (await _node.QuietAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no active listeners for AMQP/AMQPS"), await CheckAsync("health/ready"));
        // Not in maintenance mode: RabbitMQ has it so.
        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("api/health/checks/is-in-service")).Status);
        Assert.False((await _node.QuietAsync("status", "--formatter", "json")).Json["is_under_maintenance"]!.GetValue<bool>());
        var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("still-served", durable: true, exclusive: false, autoDelete: false);

        Assert.Equal(
            $"Will resume client connection listeners on node {ControlledNode.Name}. The node will now accept client connections\n",
            (await _node.CtlAsync("resume_listeners")).Succeeded().Output);
        await _node.QuietAsync("resume_listeners");
        Assert.Equal(port, (await _node.ConnectAsync()).Endpoint.Port);
        await _node.QuietAsync("check_port_listener", $"{port}");
        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("health/ready")).Status);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_drained_broker_sends_its_clients_away_and_says_that_it_is_out_of_service()
    {
        var port = Port;
        var connection = await _node.ConnectAsync();
        Assert.Equal(
            $"Will put node {ControlledNode.Name} into maintenance mode. The node will no longer serve any client traffic!\n",
            (await _node.CtlAsync("drain")).Succeeded().Output);
        await Eventually.Equal(false, () => connection.IsOpen);
        Assert.Equal(
            (320, "CONNECTION_FORCED - Node was put into maintenance mode"),
            (connection.CloseReason!.ReplyCode, connection.CloseReason.ReplyText));
        await _node.QuietAsync("drain");
        await AssertRefusedAsync(port);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "this rabbit node is not currently available to serve"),
            await CheckAsync("api/health/checks/is-in-service"));
        foreach (var check in (string[])["api/health/checks/ready-to-serve-clients", "health/ready"])
        {
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "the rabbit node is not currently available to serve"), await CheckAsync(check));
        }

        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("health/live")).Status);
        Assert.Contains("Is under maintenance?: true", (await _node.QuietAsync("status")).Lines);
        Assert.Contains($"Node: {ControlledNode.Name}, status: marked for maintenance", (await _node.QuietAsync("cluster_status")).Lines);
        Assert.Equal(
            "marked for maintenance",
            (await _node.QuietAsync("cluster_status", "--formatter", "json")).Json["maintenance_status"]![ControlledNode.Name]!.GetValue<string>());
        Assert.True((await NodeAsync())["being_drained"]!.GetValue<bool>());
        await _node.QuietAsync("check_running");
        // As RabbitMQ: listeners alone do not end it.
        await _node.QuietAsync("resume_listeners");
        Assert.True((await _node.ConnectAsync()).IsOpen);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CheckAsync("health/ready")).Status);
        await _node.QuietAsync("drain");

        Assert.Equal(
            $"Will put node {ControlledNode.Name} back into regular operating mode. The node will again serve client traffic\n",
            (await _node.CtlAsync("revive")).Succeeded().Output);
        await _node.QuietAsync("revive");
        Assert.Equal(port, (await _node.ConnectAsync()).Endpoint.Port);
        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("api/health/checks/is-in-service")).Status);
        Assert.Equal(HttpStatusCode.OK, (await CheckAsync("health/ready")).Status);
        Assert.False((await NodeAsync())["being_drained"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_restart_of_the_broker_ends_the_maintenance_mode()
    {
        await _node.QuietAsync("drain");
        await _node.QuietAsync("stop_app");
        await _node.QuietAsync("start_app");
        await using var connection = await _node.ConnectAsync();
        Assert.True(connection.IsOpen);
        Assert.Contains("Is under maintenance?: false", (await _node.QuietAsync("status")).Lines);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_taken_meanwhile_keeps_the_broker_in_maintenance_mode()
    {
        var port = Port;
        await _node.QuietAsync("drain");
        using (var other = new TcpListener(IPAddress.Loopback, port))
        {
            other.Start();
            (await _node.CtlAsync("revive")).Failed(ExitCode.Unavailable, "the listeners cannot be opened again: Address already in use");
            Assert.True((await NodeAsync())["being_drained"]!.GetValue<bool>());
        }

        await _node.QuietAsync("revive");
        await using var connection = await _node.ConnectAsync();
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_node_by_itself_has_no_quorum_to_wait_for() =>
        Assert.Contains("seems to be the only one in a single node cluster", (await _node.QuietAsync("await_online_quorum_plus_one")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Over_HTTP_only_an_administrator_may_do_it()
    {
        await _node.QuietAsync("add_user", "ann", "x");
        await _node.QuietAsync("set_user_tags", "ann", "monitoring");
        (await CtlRun.ExecuteAsync([.. _node.UrlOf("ann", "x"), "drain"])).Failed(ExitCode.Unavailable, "Not administrator user");
        (await CtlRun.ExecuteAsync([.. _node.UrlOf("guest", "guest"), "drain"])).Succeeded();
        (await CtlRun.ExecuteAsync([.. _node.UrlOf("guest", "guest"), "revive"])).Succeeded();
    }

    private static async Task AssertRefusedAsync(int port)
    {
        using var socket = new TcpClient();
        var error = await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync("127.0.0.1", port));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    private async Task<(HttpStatusCode Status, string? Reason)> CheckAsync(string path)
    {
        using var answer = await GetAsync(path);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (answer.StatusCode, body["reason"]?.GetValue<string>());
    }

    private async Task<JsonNode> NodeAsync()
    {
        using var answer = await GetAsync($"api/nodes/{ControlledNode.Name}");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private Task<HttpResponseMessage> GetAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_node.Node.Broker!.ManagementUri!, path));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("guest:guest"u8));
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
