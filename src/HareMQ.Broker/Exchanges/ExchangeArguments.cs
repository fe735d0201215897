namespace HareMQ.Broker.Exchanges;

internal static class ExchangeArguments
{
    public const string AlternateExchange = "alternate-exchange";

    /// <summary>Name of the header whose value a consistent-hash exchange hashes instead of the routing key.</summary>
    public const string HashHeader = "hash-header";

    /// <summary>Name of the property it hashes instead: <c>message_id</c>, <c>correlation_id</c> or <c>timestamp</c>.</summary>
    public const string HashProperty = "hash-property";

    /// <summary>Argument of a binding to a headers exchange.</summary>
    public const string Match = "x-match";
}
