using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

/// <summary>The texts that only callers of this part of the broker raise; the others are pinned where they are raised.</summary>
public sealed class RoutingErrorsTests
{
    [Fact]
    public void Refusals_are_worded_as_clients_know_them()
    {
        Says("NOT_FOUND - no exchange 'x' in vhost '/'", RoutingErrors.ExchangeNotFound("x", "/"));
        Says("ACCESS_REFUSED - exchange name 'amq.x' contains reserved prefix 'amq.*'", RoutingErrors.ReservedPrefix("amq.x"));
        Says("ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed",
            RoutingErrors.SystemExchangeDeletion("amq.direct", "/"));
        Says("ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/'", RoutingErrors.InternalExchange("x", "/"));
    }

    private static void Says(string expected, ChannelException error) => Assert.Equal(expected, error.Message);
}
