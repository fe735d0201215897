using HareMQ.Broker.Access;
using HareMQ.Broker.Tests.Queues;

namespace HareMQ.Broker.Tests.Access;

public sealed class TopicPermissionsKeptTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task They_are_there_after_a_restart_and_those_cleared_are_not()
    {
        await SetAsync("kept", "^a");
        await SetAsync("cleared", "^b");
        await SetAsync("kept", "^c");
        Assert.True(await _broker.Core.ClearTopicPermissionsAsync("guest", "/", "cleared"));
        Assert.False(await _broker.Core.ClearTopicPermissionsAsync("guest", "/", "cleared"));
        await _broker.RestartAsync();
        Assert.Equal(["kept ^c"], Kept);
        Assert.True(await _broker.Core.ClearTopicPermissionsAsync("guest", "/"));
        await _broker.RestartAsync();
        Assert.Empty(Kept);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_go_with_their_user_or_virtual_host(bool user)
    {
        await SetAsync("x", ".*");
        if (user) await _broker.Core.DeleteUserAsync("guest");
        else await _broker.Core.DeleteVirtualHostAsync("/");
        Assert.Empty(Kept);
        await _broker.RestartAsync();
        Assert.Empty(Kept);
    }

    [Fact]
    public async Task A_bad_pattern_or_user_changes_nothing()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => SetAsync("x", "("));
        Assert.False(await _broker.Core.SetTopicPermissionAsync("nobody", "/", new TopicPermission("x", ".*", ".*")));
        await _broker.RestartAsync();
        Assert.Empty(Kept);
    }

    private IEnumerable<string> Kept =>
        _broker.Core.Access.TopicPermissions.Select(entry => $"{entry.Permission.Exchange} {entry.Permission.Write}");

    private Task SetAsync(string exchange, string write) =>
        _broker.Core.SetTopicPermissionAsync("guest", "/", new TopicPermission(exchange, write, ".*"));
}
