namespace HareMQ.Management.Tests;

/// <summary>Virtual hosts that are protected from deletion.</summary>
public sealed class DeletionProtectionTests : IAsyncLifetime
{
    private const string Protection = "vhosts/v/deletion/protection";

    private ManagementBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        await _broker.Http.PutAsync("vhosts/v");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_protected_virtual_host_stays_over_a_restart_until_the_protection_is_taken_back()
    {
        Assert.Equal(204, (await _broker.Http.PostAsync(Protection)).Status);
        Assert.Equal(204, (await _broker.Http.PutAsync("vhosts/v", """{"description":"mine"}""")).Status);
        await _broker.RestartAsync();
        Assert.True(await IsProtectedAsync());
        var refused = await _broker.Http.DeleteAsync("vhosts/v");
        Assert.Equal(
            (412, "Refusing to delete virtual host 'v' because it is protected from deletion"), (refused.Status, refused.Reason));
        Assert.Equal(200, (await _broker.Http.GetAsync("queues/v")).Status);
        Assert.Equal(204, (await _broker.Http.DeleteAsync(Protection)).Status);
        Assert.False(await IsProtectedAsync());
        Assert.Equal(204, (await _broker.Http.DeleteAsync("vhosts/v")).Status);
        Assert.Equal(404, (await _broker.Http.PostAsync(Protection)).Status);
    }

    [Fact]
    public async Task Definitions_take_the_protection_along()
    {
        await _broker.Http.PostAsync(Protection);
        var definitions = (await _broker.Http.ReadAsync("definitions")).ToJsonString();
        await _broker.Http.DeleteAsync(Protection);
        Assert.Equal(204, (await _broker.Http.DeleteAsync("vhosts/v")).Status);
        Assert.Equal(204, (await _broker.Http.PostAsync("definitions", definitions)).Status);
        Assert.True(await IsProtectedAsync());
    }

    private async Task<bool> IsProtectedAsync() =>
        (await _broker.Http.ReadAsync("vhosts/v"))["protected_from_deletion"]!.GetValue<bool>();
}
