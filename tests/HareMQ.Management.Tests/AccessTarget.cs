using HareMQ.Testing;
using RabbitMQ.Client;

namespace HareMQ.Management.Tests;

/// <summary>
/// A broker of either make with the users of <see cref="AccessTable"/>, who try what is in it. Taken away again when disposed.
/// </summary>
internal sealed class AccessTarget : IAsyncDisposable
{
    private readonly Uri _management;
    private readonly ConnectionFactory _factory;
    private readonly ApiClient _admin;
    private readonly ApiClient[] _users;
    private readonly string _node;
    private readonly string _clusterName;
    private IConnection? _connection;

    private AccessTarget(Uri management, Uri amqp, ApiClient admin, string node, string clusterName)
    {
        _management = management;
        _factory = new ConnectionFactory
        {
            Uri = amqp, VirtualHost = "acc", UserName = "acc-manager", Password = "secret", AutomaticRecoveryEnabled = false,
        };
        _admin = admin;
        _users = [.. AccessTable.Users.Select(user => new ApiClient(management, user.Name, "secret"))];
        _node = node;
        _clusterName = clusterName;
    }

    public static async Task<AccessTarget> CreateAsync(Uri management, Uri amqp)
    {
        var admin = new ApiClient(management);
        Assert.Equal(201, (await admin.PutAsync("vhosts/acc")).Status);
        Assert.Equal(201, (await admin.PutAsync("queues/acc/q", """{"durable":true}""")).Status);
        Assert.Equal(201, (await admin.PutAsync("exchanges/acc/x", """{"type":"topic","durable":true}""")).Status);
        foreach (var (name, tags) in AccessTable.Users)
        {
            Assert.Equal(201, (await admin.PutAsync($"users/{name}", $$"""{"password":"secret","tags":"{{tags}}"}""")).Status);
            if (name is "acc-outsider" or "acc-watcher") continue;
            Assert.Equal(201, (await admin.PutAsync($"permissions/acc/{name}", """{"configure":".*","write":".*","read":".*"}""")).Status);
        }

        var node = (await admin.ReadAsync("overview"))["node"]!.ToString();
        var cluster = (await admin.ReadAsync("cluster-name"))["name"]!.ToString();
        return new AccessTarget(management, amqp, admin, node, cluster);
    }

    /// <summary>The statuses that each user gets.</summary>
    public async Task<int[]> TryAsync(AccessTable.Row row)
    {
        var statuses = new List<int>();
        foreach (var user in _users)
        {
            if (row.Prepare is { } put) Assert.InRange((await _admin.PutAsync(put.Path, put.Body)).Status, 200, 204);
            if (row.Post is { } post) Assert.InRange((await _admin.PostAsync(post.Path, post.Body)).Status, 200, 204);
            var path = await ResolveAsync(row.Path);
            var status = (await user.SendAsync(row.Method, path, row.Body)).Status;
            statuses.Add(status);
            if (row.ClosesConnection && status is 200 or 204) await Eventually.Equal(false, () => _connection!.IsOpen);
        }

        return [.. statuses];
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        foreach (var user in _users) user.Dispose();
        await _admin.PutAsync("cluster-name", $$"""{"name":"{{_clusterName}}"}""");
        foreach (var path in (string[])["vhosts/acc", "vhosts/acc-new", "users/acc-new", "global-parameters/acc"])
            await _admin.DeleteAsync(path);
        foreach (var (name, _) in AccessTable.Users) await _admin.DeleteAsync($"users/{name}");
        _admin.Dispose();
    }

    private async Task<string> ResolveAsync(string path)
    {
        path = path.Replace("NODE", _node, StringComparison.Ordinal)
            .Replace("PORT", $"{_factory.Port}", StringComparison.Ordinal);
        if (!path.Contains("CONNECTION", StringComparison.Ordinal) && !path.Contains("CHANNEL", StringComparison.Ordinal)
            && !path.Contains("username", StringComparison.Ordinal)) return path;
        var name = await ConnectAsync();
        return path.Replace("CONNECTION", Uri.EscapeDataString(name), StringComparison.Ordinal)
            .Replace("CHANNEL", Uri.EscapeDataString($"{name} (1)"), StringComparison.Ordinal);
    }

    /// <summary>Returns the name of the manager's connection, which is open and shown.</summary>
    private async Task<string> ConnectAsync()
    {
        if (_connection is not { IsOpen: true })
        {
            if (_connection is not null) await _connection.DisposeAsync();
            _connection = await _factory.CreateConnectionAsync("manager");
            await _connection.CreateChannelAsync();
        }

        var name = $"127.0.0.1:{_connection.LocalPort} -> 127.0.0.1:{_connection.RemotePort}";
        await Eventually.Equal(200, async () => (await _admin.GetAsync($"connections/{Uri.EscapeDataString(name)}")).Status);
        await Eventually.Equal(200, async () => (await _admin.GetAsync($"channels/{Uri.EscapeDataString($"{name} (1)")}")).Status);
        return name;
    }
}
