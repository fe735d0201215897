namespace HareMQ.Cli.Tests;

public sealed class DefinitionCommandTests : IAsyncLifetime
{
    private ControlledNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await ControlledNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_virtual_host_is_added_changed_and_deleted()
    {
        await _node.QuietAsync("add_vhost", "v", "--description", "for tests", "--tags", "a,b", "--default-queue-type", "quorum");
        await _node.QuietAsync("add_vhost", "v");
        Assert.Equal(["name", "/", "v"], (await _node.QuietAsync("list_vhosts")).Lines);
        var listed = await _node.CtlAsync("-s", "list_vhosts", "name,description", "tags", "default_queue_type");
        Assert.Equal("v\tfor tests\t[a, b]\tquorum", listed.Lines[1]);
        await _node.QuietAsync("set_vhost_tags", "v", "c");
        await _node.QuietAsync("update_vhost_metadata", "v", "--description", "changed");
        Assert.Equal("v\tchanged\t[c]", (await _node.CtlAsync("-s", "list_vhosts", "name", "description", "tags")).Lines[1]);
        // Nobody has to be let in by whoever has no user.
        Assert.Equal("", (await _node.QuietAsync("list_permissions", "-p", "v")).Output);
        Assert.Contains("already running", (await _node.QuietAsync("restart_vhost", "-p", "v")).Output, StringComparison.Ordinal);
        await _node.QuietAsync("delete_vhost", "v");
        (await _node.CtlAsync("delete_vhost", "v")).Failed(ExitCode.Data, "Virtual host 'v' does not exist");
        (await _node.CtlAsync("set_vhost_tags", "v", "c")).Failed(ExitCode.Data, "Virtual host 'v' does not exist");
    }

    [Fact]
    public async Task Policies_are_set_listed_and_cleared()
    {
        string[] command = ["set_policy", "p", "^q", """{"max-length":5}""", "--priority", "3", "--apply-to", "queues"];
        var set = (await _node.CtlAsync(command)).Succeeded();
        Assert.Equal(
            """Setting policy "p" for pattern "^q" to "{"max-length":5}" with priority "3" for vhost "/" ...""", set.Output.Trim());
        Assert.Equal(
            ["vhost\tname\tpattern\tapply-to\tdefinition\tpriority", """/	p	^q	queues	{"max-length":5}	3"""],
            (await _node.QuietAsync("list_policies")).Lines);
        await _node.QuietAsync("set_operator_policy", "o", "^q", """{"max-length":50}""");
        Assert.Equal("""/	o	^q	all	{"max-length":50}	0""", (await _node.CtlAsync("-s", "list_operator_policies")).Output.Trim());
        await _node.QuietAsync("clear_policy", "p");
        await _node.QuietAsync("clear_operator_policy", "o");
        (await _node.CtlAsync("clear_policy", "p")).Failed(ExitCode.Unavailable, "Parameter does not exist");
    }

    [Theory]
    [InlineData(ExitCode.Unavailable, "Validation failed", "p", "^q", """{"nope":5}""")]
    [InlineData(ExitCode.Unavailable, "Validation failed", "p", "(", """{"max-length":5}""")]
    [InlineData(ExitCode.Unavailable, "Validation failed", "p", "^q", """{"max-length":5}""", "--apply-to", "nope")]
    [InlineData(ExitCode.Unavailable, "Could not parse JSON document", "p", "^q", "max-length")]
    [InlineData(ExitCode.Usage, "--priority : high", "p", "^q", """{"max-length":5}""", "--priority", "high")]
    [InlineData(ExitCode.Data, "Virtual host 'w' does not exist", "p", "^q", """{"max-length":5}""", "-p", "w")]
    [InlineData(ExitCode.Usage, "not enough arguments.", "p", "^q")]
    public async Task A_policy_that_cannot_be_is_refused(object code, string message, params string[] arguments) =>
        (await _node.CtlAsync(["set_policy", .. arguments])).Failed((ExitCode)code, message);

    [Fact]
    public async Task Parameters_are_set_listed_and_cleared()
    {
        await _node.QuietAsync("set_parameter", "shovel", "s", """{"src-uri":"amqp://"}""");
        Assert.Equal("""shovel	s	{"src-uri":"amqp://"}""", (await _node.CtlAsync("-s", "list_parameters")).Output.Trim());
        await _node.QuietAsync("clear_parameter", "shovel", "s");
        (await _node.CtlAsync("clear_parameter", "shovel", "s")).Failed(ExitCode.Unavailable, "Parameter does not exist");
        await _node.QuietAsync("set_global_parameter", "g", "[1,2]");
        Assert.Equal("g\t[1,2]", (await _node.CtlAsync("-s", "list_global_parameters")).Output.Trim());
        await _node.QuietAsync("clear_global_parameter", "g");
        Assert.Equal("", (await _node.CtlAsync("-s", "list_global_parameters")).Output);
        (await _node.CtlAsync("set_global_parameter", "g", "{")).Failed(ExitCode.Unavailable, "Could not parse JSON document");
    }

    [Fact]
    public async Task Definitions_are_exported_and_imported()
    {
        await _node.QuietAsync("add_vhost", "v");
        await _node.QuietAsync("add_user", "bob", "secret");
        await _node.QuietAsync("set_policy", "-p", "v", "p", ".*", """{"max-length":5}""");
        var file = Path.Combine(_node.DataDirectory, "definitions.json");
        await _node.QuietAsync("export_definitions", file);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(File.ReadAllText(file), (await _node.CtlAsync("export_definitions", "-")).Output.Trim());

        await using var other = await ControlledNode.StartAsync();
        var imported = (await other.CtlAsync("import_definitions", file)).Succeeded();
        Assert.Contains("Definitions are imported.", imported.Output, StringComparison.Ordinal);
        await other.QuietAsync("authenticate_user", "bob", "secret");
        Assert.Contains("v\tp\t", (await other.CtlAsync("-s", "list_policies", "-p", "v")).Output, StringComparison.Ordinal);
        var unchanged = await other.QuietAsync("import_definitions", file, "--skip-if-unchanged");
        Assert.Contains("unchanged", unchanged.Output, StringComparison.Ordinal);
        (await other.CtlWithInputAsync(File.ReadAllText(file), "import_definitions")).Succeeded();

        (await other.CtlAsync("import_definitions", "/none")).Failed(ExitCode.Data, "File /none does not exist");
        (await other.CtlAsync("export_definitions", "/none/x")).Failed(ExitCode.Data, "Directory /none does not exist");
        (await other.CtlAsync("export_definitions", "x", "--format", "erlang")).Failed(ExitCode.Usage, "json");
        (await other.CtlWithInputAsync("[]", "import_definitions", "-")).Failed(ExitCode.Unavailable, "an object is expected");
    }
}
