using System.Text;
using HareMQ.Broker.Events;
using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Messages;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Messages;

/// <summary>What the firehose sees of messages that are published and taken over HTTP, which is no connection of its own.</summary>
internal sealed class HttpTrace(ApiRequest request, VirtualHost virtualHost)
{
    private TraceSource Source => new("HTTP", Channel: 1, request.User.Name);

    public void Published(
        Exchange exchange, ReadOnlySpan<byte> routingKey, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body, RouteTargets targets)
    {
        if (virtualHost.Firehose is { IsWanted: true } firehose)
            firehose.Published(Source, Encoding.UTF8.GetBytes(exchange.Name), routingKey, BasicProperties.Read(properties), body, targets);
    }

    public void Delivered(string queue, in MessageView message, bool redelivered)
    {
        if (virtualHost.Firehose is { IsWanted: true } firehose) firehose.Delivered(Source, queue, in message, redelivered);
    }
}
