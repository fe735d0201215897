using System.Text.Json.Nodes;

namespace HareMQ.Management.Tests;

/// <summary>Every answer has the fields that tools read, with the types they expect: of HareMQ, and the same as of RabbitMQ.</summary>
[Collection(RabbitMqUrls.Collection)]
public sealed class ApiFieldsTests : IAsyncLifetime
{
    private static readonly (string Path, string Kind)[] s_queries =
    [
        ("queues/shown?disable_stats=true", "queues"),
        ("queues/shown?disable_stats=true&enable_queue_totals=true", "queues"),
        ("queues/shown/q?lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5", "queues"),
        ("queues?page=1&page_size=10&columns=name,messages_details.rate", "page"),
        ("exchanges/shown/x?msg_rates_age=60&msg_rates_incr=5", "exchanges"),
        ("overview?columns=object_totals,churn_rates", "overview"),
        ("overview?lengths_age=60&lengths_incr=5&columns=queue_totals", "overview"),
    ];

    private ManagementBroker _broker = null!;
    private PopulatedBroker _populated = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = await ManagementBroker.StartAsync();
        _populated = await PopulatedBroker.CreateAsync(_broker.Http, _broker.AmqpUri, _broker.Sample);
    }

    public async ValueTask DisposeAsync()
    {
        await _populated.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Every_path_that_can_be_read_is_in_the_table()
    {
        var described = (await _broker.Http.ReadAsync("openapi.json"))["paths"]!.AsObject()
            .Where(path => path.Value!.AsObject().ContainsKey("get") && path.Key.StartsWith("/api/", StringComparison.Ordinal))
            .Select(path => path.Key["/api/".Length..])
            // HareMQ's own: no tool of RabbitMQ's reads them.
            .Where(path => path != "openapi.json" && !path.StartsWith("haremq/", StringComparison.Ordinal))
            // Of a connection of AMQP 1.0, of which there is none to read.
            .Where(path => path != "connections/{name}/sessions");
        Assert.Equal(described.Order(StringComparer.Ordinal), ApiFields.Paths.Select(path => path.Template).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_object_has_the_fields_that_tools_read()
    {
        var wrong = new List<string>();
        foreach (var (template, path, kind) in ApiFields.Paths)
        {
            var json = await _broker.Http.ReadAsync(_populated.Resolve(path));
            if (kind is null) continue;
            if (json is JsonArray { Count: 0 }) wrong.Add($"{path}: an empty list shows nothing");
            var fields = new FieldSet(json);
            foreach (var (types, name) in ApiFields.Of(template, kind))
            {
                if (!fields.Contains(name)) wrong.Add($"{path}: {name} is missing");
                else if (!fields.Is(name, types)) wrong.Add($"{path}: {name} is not {types}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task RabbitMQ_answers_with_the_same_statuses_and_fields()
    {
        var rabbitMq = RabbitMqUrls.Require();
        using var theirHttp = new ApiClient(rabbitMq.Management);
        await using var theirs = await PopulatedBroker.CreateAsync(theirHttp, rabbitMq.Amqp);
        var told = DocumentedDifferences.Read();
        var differences = new List<string>();
        foreach (var (template, path, kind) in ApiFields.Paths)
        {
            var (their, our) = (await theirHttp.GetAsync(theirs.Resolve(path)), await _broker.Http.GetAsync(_populated.Resolve(path)));
            if (their.Status != our.Status)
            {
                if (!told.IsStatusTold($"GET {template}", their.Status, our.Status))
                    differences.Add($"GET {template}: {their.Status} in RabbitMQ, {our.Status} in HareMQ");
            }
            else if (kind is not null)
            {
                differences.AddRange(told.Compare(kind, new FieldSet(their.Json), new FieldSet(our.Json))
                    .Select(difference => $"{template} ({kind}): {difference}"));
            }
        }

        foreach (var (path, kind) in s_queries)
        {
            var (their, our) = (await theirHttp.ReadAsync(path), await _broker.Http.ReadAsync(path));
            differences.AddRange(told.Compare(kind, new FieldSet(their), new FieldSet(our)).Select(difference => $"{path}: {difference}"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
