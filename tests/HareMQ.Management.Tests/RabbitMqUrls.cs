namespace HareMQ.Management.Tests;

/// <summary>A rabbitmq-server with its management plugin that variables name, to compare with.</summary>
internal sealed record RabbitMqUrls(Uri Amqp, Uri Management)
{
    /// <summary>Tests that share the node run one after the other: some of them start its statistics anew.</summary>
    public const string Collection = "A RabbitMQ for all";

    private const string AmqpVariable = "HAREMQ_TEST_RABBITMQ_URL";
    private const string ManagementVariable = "HAREMQ_TEST_RABBITMQ_MANAGEMENT_URL";

    /// <summary>Skips the test without one.</summary>
    public static RabbitMqUrls Require()
    {
        var (amqp, management) = (Read(AmqpVariable), Read(ManagementVariable));
        Assert.SkipWhen(amqp is null || management is null, $"{AmqpVariable} and {ManagementVariable} name no rabbitmq-server");
        return new RabbitMqUrls(amqp!, management!);
    }

    private static Uri? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } url ? new Uri(url) : null;
}
