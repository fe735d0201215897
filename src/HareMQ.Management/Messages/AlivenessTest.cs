using System.Text;
using HareMQ.Broker.Access;
using HareMQ.Broker.Queues;
using HareMQ.Management.Http;
using HareMQ.Protocol;

namespace HareMQ.Management.Messages;

/// <summary>Declares a queue, publishes a message and takes it out again. The queue stays, as in RabbitMQ.</summary>
internal static class AlivenessTest
{
    private const string QueueName = "aliveness-test";

    private static readonly byte[] s_noProperties = new byte[sizeof(ushort)];

    public static async Task RunAsync(ApiRequest request)
    {
        var virtualHost = request.VirtualHost;
        var authorizer = request.Authorizer(virtualHost);
        if (!authorizer.MayConfigure(QueueName))
            throw AccessErrors.QueueRefused(AccessRight.Configure, QueueName, virtualHost.Name, authorizer.User);
        if (!authorizer.MayRead(QueueName)) throw AccessErrors.QueueRefused(AccessRight.Read, QueueName, virtualHost.Name, authorizer.User);
        var queue = await virtualHost.DeclareQueueAsync(
            new QueueDeclaration(QueueName, Durable: false, AutoDelete: false, Owner: null, FieldTable.Empty));
        await new MessagePublisher(request, virtualHost).PublishAsync(
            "", QueueName, s_noProperties, Encoding.UTF8.GetBytes("test_message"));
        var fetched = await MessageFetcher.FetchAsync(queue, new HttpTrace(request, virtualHost), count: 1, autoAck: true);
        if (fetched.Count == 0) throw ApiException.BadRequest("the test message did not arrive");
    }
}
