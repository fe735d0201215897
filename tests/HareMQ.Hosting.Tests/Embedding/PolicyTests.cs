namespace HareMQ.Hosting.Tests.Embedding;

public sealed class PolicyTests
{
    [Fact]
    public async Task A_policy_holds_until_it_is_deleted()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        await using var client = await Client.ConnectAsync(broker.Uri);
        await client.DeclareAsync("orders");
        var policy = new HarePolicy("short", "^orders", """{"max-length":1,"overflow":"drop-head"}""") { ApplyTo = "queues", Priority = 3 };
        var limit = new HarePolicy("limit", "", """{"expires":60000}""") { IsOperator = true };
        await broker.PutPolicyAsync(policy);
        await broker.PutPolicyAsync(limit);
        Assert.Equal([policy, limit], broker.Policies);
        await client.PublishAsync("orders", "1");
        await client.PublishAsync("orders", "2");
        Assert.Equal("2", await client.GetAsync("orders"));
        Assert.Null(await client.GetAsync("orders"));
        Assert.True(await broker.DeletePolicyAsync("short"));
        Assert.False(await broker.DeletePolicyAsync("short"));
        Assert.True(await broker.DeletePolicyAsync("limit", isOperator: true));
        Assert.Empty(broker.Policies);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_is_explained()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => broker.PutPolicyAsync(new HarePolicy("p", "", """{"max-lenght":1}""")));
        Assert.Equal("[{<<\"max-lenght\">>,1}] are not recognised policy settings; did you mean max-length?", error.Message);
        error = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => broker.PutPolicyAsync(new HarePolicy("p", "", """{"max-length":1}""") { VirtualHost = "none" }));
        Assert.StartsWith("There is no virtual host 'none'.", error.Message);
    }
}
