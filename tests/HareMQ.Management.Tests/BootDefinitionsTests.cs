using HareMQ.Hosting;

namespace HareMQ.Management.Tests;

/// <summary>Definitions that are loaded when the broker starts.</summary>
public sealed class BootDefinitionsTests : IDisposable
{
    /// <summary>As RabbitMQ 3.10 writes it; the password is "test12".</summary>
    private const string RabbitMqExport = """
        {"rabbit_version":"3.10.8","rabbitmq_version":"3.10.8","product_name":"RabbitMQ","product_version":"3.10.8",
         "users":[{"name":"ops","password_hash":"kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["administrator"],"limits":{}}],
         "vhosts":[{"name":"/"},{"name":"shop","limits":[],"metadata":{"description":"the shop","tags":[]}}],
         "permissions":[{"user":"ops","vhost":"shop","configure":".*","write":".*","read":".*"}],
         "topic_permissions":[],"parameters":[{"value":{"max-queues":7},"vhost":"shop","component":"vhost-limits","name":"limits"}],
         "global_parameters":[{"name":"internal_cluster_id","value":"rabbitmq-cluster-id-1"}],
         "policies":[{"vhost":"shop","name":"short","pattern":"^o","apply-to":"queues","definition":{"max-length":10},"priority":0}],
         "queues":[{"name":"orders","vhost":"shop","durable":true,"auto_delete":false,"arguments":{}}],
         "exchanges":[{"name":"sales","vhost":"shop","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}}],
         "bindings":[{"source":"sales","vhost":"shop","destination":"orders","destination_type":"queue","routing_key":"order.#","arguments":{}}]}
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("haremq-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task An_export_of_RabbitMQ_makes_the_broker_and_no_default_user_comes_with_it()
    {
        var file = Write("definitions.json", RabbitMqExport);
        await using var broker = await ManagementBroker.StartAsync(options => options.DefinitionsPath = file);
        using var http = broker.HttpAs("ops", "test12");
        Assert.Equal("short", (await http.ReadAsync("queues/shop/orders"))["policy"]!.ToString());
        Assert.Equal(2, (await http.ReadAsync("queues/shop/orders/bindings")).AsArray().Count);
        Assert.Equal("the shop", (await http.ReadAsync("vhosts/shop"))["description"]!.ToString());
        Assert.Equal(401, (await broker.Http.GetAsync("whoami")).Status);
        Assert.Equal(["ops"], (await http.ReadAsync("users")).AsArray().Select(user => user!["name"]!.ToString()));
    }

    [Fact]
    public async Task The_files_of_a_directory_are_loaded_in_the_order_of_their_names()
    {
        Write("20-queues.json", """{"queues":[{"name":"q","vhost":"v","durable":true,"arguments":{}}]}""");
        Write("10-base.json", """{"vhosts":[{"name":"v"}],"users":[{"name":"guest","password":"guest","tags":["administrator"]}]}""");
        Write("30-notes.txt", "not loaded");
        await using var broker = await ManagementBroker.StartAsync(options => options.DefinitionsPath = _directory.FullName);
        Assert.Equal(200, (await broker.Http.GetAsync("queues/v/q")).Status);
    }

    [Theory]
    [InlineData(true, 404)]
    [InlineData(false, 200)]
    public async Task What_has_not_changed_is_loaded_again_only_without_skipping(bool skip, int status)
    {
        const string Format = """{{"users":[{{"name":"guest","password":"guest","tags":"administrator"}}],"vhosts":[{{"name":"{0}"}}]}}""";
        var file = Write("definitions.json", string.Format(null, Format, "v"));
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.DefinitionsPath = file;
            options.DefinitionsSkipUnchanged = skip;
        });
        Assert.Equal(204, (await broker.Http.DeleteAsync("vhosts/v")).Status);
        await broker.RestartAsync();
        Assert.Equal(status, (await broker.Http.GetAsync("vhosts/v")).Status);
        Write("definitions.json", string.Format(null, Format, "w"));
        await broker.RestartAsync();
        Assert.Equal(200, (await broker.Http.GetAsync("vhosts/w")).Status);
    }

    [Fact]
    public async Task The_mark_of_what_was_loaded_stays_in_its_broker()
    {
        var file = Write("definitions.json", """{"users":[{"name":"guest","password":"guest","tags":"administrator"}]}""");
        await using var broker = await ManagementBroker.StartAsync(options =>
        {
            options.DefinitionsPath = file;
            options.DefinitionsSkipUnchanged = true;
        });
        Assert.NotEmpty((await broker.Http.ReadAsync("global-parameters")).AsArray());
        Assert.Empty((await broker.Http.ReadAsync("definitions"))["global_parameters"]!.AsArray());
    }

    [Theory]
    [InlineData("{\n  \"users\": [\n    {\"name\": }\n]}", "definitions.json:3:14: not JSON: ")]
    [InlineData("[]", "definitions.json: expected definitions as a JSON object")]
    [InlineData("""{"queues":[],"queues":[]}""", "definitions.json: not JSON: ")]
    [InlineData("""{"vhosts":[{"name":"v"}],"queues":[{"name":"a","vhost":"v"},{"name":"b","vhost":"none"}]}""",
        "definitions.json: queues[1], 'b': virtual host 'none' does not exist")]
    [InlineData("""{"users":[{"name":"u","password_hash":"short","tags":""}]}""", "definitions.json: users[0], 'u': The password hash is not base64")]
    [InlineData("""{"users":[{"name":"","tags":""}]}""", "definitions.json: users[0], '': a user needs a name")]
    public async Task A_bad_file_stops_the_start_and_says_where_and_why(string content, string expected)
    {
        var file = Write("definitions.json", content);
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DefinitionsPath = file;
        }, TestContext.Current.CancellationToken));
        Assert.StartsWith(Path.Combine(_directory.FullName, expected), error.Message);
    }

    [Fact]
    public async Task A_missing_file_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<HareBrokerException>(() => HareBroker.StartAsync(options =>
        {
            options.Port = 0;
            options.DefinitionsPath = Path.Combine(_directory.FullName, "none.json");
        }, TestContext.Current.CancellationToken));
        Assert.Contains("none.json: the definitions cannot be read", error.Message);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
