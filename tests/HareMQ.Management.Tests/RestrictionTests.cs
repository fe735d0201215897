namespace HareMQ.Management.Tests;

/// <summary>What the configuration closes, and whose queues are whose.</summary>
public sealed class RestrictionTests
{
    private const string Policy = """{"pattern":".*","definition":{"max-length":10},"apply-to":"queues"}""";

    [Fact]
    public async Task Operators_policies_can_be_read_and_not_changed_where_the_configuration_says_so()
    {
        var isOpen = true;
        await using var broker = await ManagementBroker.StartAsync(options => options.Management.DisableOperatorPolicyChanges = !isOpen);
        Assert.True((await broker.Http.ReadAsync("overview"))["is_op_policy_updating_enabled"]!.GetValue<bool>());
        Assert.Equal(201, (await broker.Http.PutAsync("operator-policies/%2F/limit", Policy)).Status);
        isOpen = false;
        await broker.RestartAsync();
        Assert.False((await broker.Http.ReadAsync("overview"))["is_op_policy_updating_enabled"]!.GetValue<bool>());
        Assert.Equal("limit", (await broker.Http.ReadAsync("operator-policies/%2F"))[0]!["name"]!.GetValue<string>());
        Assert.Equal(405, (await broker.Http.PutAsync("operator-policies/%2F/limit", Policy)).Status);
        Assert.Equal(405, (await broker.Http.DeleteAsync("operator-policies/%2F/limit")).Status);
        // No other door.
        Assert.Equal(405, (await broker.Http.PutAsync("parameters/operator_policy/%2F/limit", $$"""{"value":{{Policy}}}""")).Status);
        Assert.Equal(405, (await broker.Http.DeleteAsync("parameters/operator_policy/%2F/limit")).Status);
        Assert.Equal(201, (await broker.Http.PutAsync("policies/%2F/mine", Policy)).Status);
        Assert.Equal(204, (await broker.Http.DeleteAsync("policies/%2F/mine")).Status);
    }

    [Fact]
    public async Task Queues_are_listed_by_the_user_who_declared_them_first_also_after_a_restart()
    {
        await using var broker = await ManagementBroker.StartAsync();
        await broker.Http.PutAsync("users/ann", """{"password":"x","tags":"management"}""");
        await broker.Http.PutAsync("permissions/%2F/ann", """{"configure":".*","write":".*","read":".*"}""");
        await DeclareAsync(broker, "ann", "over-amqp");
        await DeclareAsync(broker, "guest", "over-amqp");
        using (var ann = broker.HttpAs("ann", "x")) Assert.Equal(201, (await ann.PutAsync("queues/%2F/over-http", """{"durable":true}""")).Status);
        await DeclareAsync(broker, "guest", "other");
        Assert.Equal(["over-amqp", "over-http"], await NamesAsync(broker, "ann"));
        Assert.Equal(["other"], await NamesAsync(broker, "guest"));
        await broker.RestartAsync();
        Assert.Equal(["over-amqp", "over-http"], await NamesAsync(broker, "ann"));
        Assert.Equal(["other"], await NamesAsync(broker, "guest"));
        Assert.Equal(404, (await broker.Http.GetAsync("users/nobody/queues")).Status);
    }

    private static async Task<string[]> NamesAsync(ManagementBroker broker, string user) =>
        [.. (await broker.Http.ReadAsync($"users/{user}/queues")).AsArray().Select(queue => queue!["name"]!.GetValue<string>())];

    private static async Task DeclareAsync(ManagementBroker broker, string user, string queue)
    {
        var connection = await broker.ConnectAsync(user: user, password: user == "guest" ? "guest" : "x");
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
    }
}
