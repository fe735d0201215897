namespace HareMQ.Cli.Tests;

public sealed class UserCommandTests : IAsyncLifetime
{
    private ControlledNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_user_is_added_changed_and_deleted()
    {
        var added = (await _node.CtlAsync("add_user", "bob", "one")).Succeeded();
        Assert.StartsWith("Adding user \"bob\" ...\nDone. Don't forget to grant", added.Output, StringComparison.Ordinal);
        (await _node.CtlAsync("add_user", "bob", "one")).Failed(ExitCode.Software, "Error:\nUser \"bob\" already exists");

        (await _node.CtlAsync("set_user_tags", "bob", "monitoring", "policymaker")).Succeeded();
        Assert.Equal(
            ["user\ttags", "bob\t[monitoring, policymaker]", "guest\t[administrator]"], (await _node.QuietAsync("list_users")).Lines);
        // Tags and passwords do not touch each other.
        (await _node.CtlAsync("authenticate_user", "bob", "one")).Succeeded();
        await _node.QuietAsync("change_password", "bob", "two");
        (await _node.CtlAsync("authenticate_user", "bob", "one")).Failed(ExitCode.Data, "failed to authenticate user \"bob\"");
        Assert.Equal("Success\n", (await _node.QuietAsync("authenticate_user", "bob", "two")).Output);
        Assert.Contains("bob\t[monitoring, policymaker]", (await _node.QuietAsync("list_users")).Lines);

        await _node.QuietAsync("clear_password", "bob");
        (await _node.CtlAsync("authenticate_user", "bob", "two")).Failed(ExitCode.Data, "failed to authenticate");
        await _node.QuietAsync("set_user_tags", "bob");
        Assert.Contains("bob\t[]", (await _node.QuietAsync("list_users")).Lines);

        await _node.QuietAsync("delete_user", "bob");
        foreach (string[] command in (string[][])[["delete_user", "bob"], ["change_password", "bob", "x"], ["set_user_tags", "bob"]])
            (await _node.CtlAsync(command)).Failed(ExitCode.NoUser, "User \"bob\" does not exist");
    }

    [Fact]
    public async Task A_password_may_come_from_the_input_and_may_be_hashed()
    {
        (await _node.CtlWithInputAsync("secret\n", "add_user", "ann")).Succeeded();
        (await _node.CtlWithInputAsync("secret\n", "authenticate_user", "ann")).Succeeded();
        (await _node.CtlWithInputAsync("", "add_user", "nobody")).Failed(ExitCode.Usage, "Password is not provided via argument or stdin");

        var hash = (await _node.QuietAsync("hash_password", "other")).Output.Trim();
        await _node.QuietAsync("add_user", "joe", hash, "--pre-hashed-password");
        await _node.QuietAsync("authenticate_user", "joe", "other");
    }

    [Fact]
    public async Task Permissions_are_set_listed_and_cleared()
    {
        await _node.QuietAsync("add_user", "bob", "x");
        await _node.QuietAsync("add_vhost", "v");
        await _node.QuietAsync("set_permissions", "-p", "v", "bob", "^c", "^w", "^r");
        Assert.Equal(["user\tconfigure\twrite\tread", "bob\t^c\t^w\t^r"], (await _node.QuietAsync("list_permissions", "-p", "v")).Lines);
        await _node.QuietAsync("set_permissions_globally", "bob", "a", "b", "c");
        Assert.Equal(
            ["vhost\tconfigure\twrite\tread", "/\ta\tb\tc", "v\ta\tb\tc"], (await _node.QuietAsync("list_user_permissions", "bob")).Lines);
        await _node.QuietAsync("clear_permissions", "-p", "v", "bob");
        Assert.Equal("", (await _node.QuietAsync("list_permissions", "-p", "v")).Output);
        // What is not there is cleared.
        await _node.QuietAsync("clear_permissions", "-p", "v", "bob");

        (await _node.CtlAsync("set_permissions", "nobody", "a", "b", "c")).Failed(ExitCode.NoUser, "User nobody does not exist");
        (await _node.CtlAsync("set_permissions", "-p", "w", "bob", "a", "b", "c"))
            .Failed(ExitCode.Unavailable, "Virtual host w does not exist");
        (await _node.CtlAsync("set_permissions", "bob", "(", "b", "c")).Failed(ExitCode.Unavailable, "invalid_regexp");
        (await _node.CtlAsync("list_permissions", "-p", "w")).Failed(ExitCode.Data, "Virtual host 'w' does not exist");
        (await _node.CtlAsync("list_user_permissions", "nobody")).Failed(ExitCode.Unavailable, "{:no_such_user, \"nobody\"}");
    }

    [Fact]
    public async Task Topic_permissions_are_set_listed_and_cleared()
    {
        await _node.QuietAsync("set_topic_permissions", "guest", "amq.topic", "^w", "^r");
        Assert.Equal(["user\texchange\twrite\tread", "guest\tamq.topic\t^w\t^r"], (await _node.QuietAsync("list_topic_permissions")).Lines);
        Assert.Equal(
            ["vhost\texchange\twrite\tread", "/\tamq.topic\t^w\t^r"],
            (await _node.QuietAsync("list_user_topic_permissions", "guest")).Lines);
        await _node.QuietAsync("clear_topic_permissions", "guest", "amq.topic");
        Assert.Equal("", (await _node.QuietAsync("list_topic_permissions")).Output);
    }

    [Fact]
    public async Task Limits_of_users_and_virtual_hosts_are_set_shown_and_cleared()
    {
        await _node.QuietAsync("set_user_limits", "guest", """{"max-connections":5,"max-channels":7}""");
        Assert.Equal(
            """{"max-connections":5,"max-channels":7}""", (await _node.QuietAsync("list_user_limits", "--user", "guest")).Output.Trim());
        await _node.QuietAsync("clear_user_limits", "guest", "max-channels");
        Assert.Equal("""{"max-connections":5}""", (await _node.QuietAsync("list_user_limits", "--user", "guest")).Output.Trim());
        await _node.QuietAsync("clear_user_limits", "guest", "all");
        Assert.Equal("{}", (await _node.QuietAsync("list_user_limits", "--user", "guest")).Output.Trim());
        (await _node.CtlAsync("set_user_limits", "nobody", "{}")).Failed(ExitCode.Unavailable, "no_such_user");

        await _node.QuietAsync("set_vhost_limits", """{"max-connections":5}""");
        await _node.QuietAsync("set_vhost_limits", """{"max-queues":9}""");
        Assert.Equal("""{"max-queues":9}""", (await _node.QuietAsync("list_vhost_limits")).Output.Trim());
        Assert.Equal(["vhost\tlimits", """/	{"max-queues":9}"""], (await _node.QuietAsync("list_vhost_limits", "--global")).Lines);
        await _node.QuietAsync("clear_vhost_limits");
        Assert.Equal("{}", (await _node.QuietAsync("list_vhost_limits")).Output.Trim());
        (await _node.CtlAsync("set_vhost_limits", """{"nope":1}""")).Failed(ExitCode.Unavailable, "Unrecognised terms");
        (await _node.CtlAsync("set_vhost_limits", "-p", "w", "{}")).Failed(ExitCode.Data, "Virtual host 'w' does not exist");
    }
}
