namespace HareMQ.Broker.Exchanges;

internal static class ExchangeArguments
{
    public const string AlternateExchange = "alternate-exchange";

    /// <summary>Argument of a binding to a headers exchange.</summary>
    public const string Match = "x-match";
}
