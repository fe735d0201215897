using System.Buffers.Binary;
using HareMQ.Hosting.Tests.Regressions;
using HareMQ.Testing.Wire;

namespace HareMQ.Hosting.Tests.Memory;

/// <summary>
/// Broker and client share this process; the client allocates nothing. What a read or a turn allocates is spread over its messages.
/// </summary>
[Collection(MemoryCollection.Name)]
public sealed class AllocationTests
{
    private const int BatchMessages = 1000;
    private const int WarmUpBatches = 200;
    private const int MeasuredBatches = 500;
    private const int SynchronizedBatches = 2;

    /// <summary>A single object for each message would be 24 bytes or more.</summary>
    private const double BytesPerMessageMax = 4;
    private const ushort DeliveryModeFlag = 0x1000;

    private static readonly byte[] s_declare = WireClient.QueueDeclare(1, "q", passive: true);

    private readonly byte[] _transient = Batch(properties => properties.Short(0));
    private readonly byte[] _persistent = Batch(properties => properties.Short(DeliveryModeFlag).Octet(2));

    [Fact]
    public async Task Publishing_allocates_nothing_per_message()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        using var publisher = Open(broker, durable: false);
        AssertAllocatesLittle(batches =>
        {
            for (var i = 0; i < batches; i++)
            {
                publisher.Send(_transient);
                // As many buffers as reads are under way at once come into being, once. Few at a time: the warm-up has seen them all.
                if (i % SynchronizedBatches == 0) Synchronize(publisher);
            }

            Synchronize(publisher);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publishing_with_confirms_allocates_nothing_per_message(bool persistent)
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        using var publisher = Open(broker, durable: persistent);
        publisher.Call(Requests.SelectConfirms(1), MethodId.ConfirmSelectOk);
        ulong published = 0;
        AssertAllocatesLittle(batches =>
        {
            for (var i = 0; i < batches; i++)
            {
                publisher.Send(persistent ? _persistent : _transient);
                published += BatchMessages;
                while (BinaryPrimitives.ReadUInt64BigEndian(publisher.Expect(MethodId.BasicAck)) < published)
                {
                }
            }
        });
    }

    [Fact]
    public async Task Delivering_without_acks_allocates_nothing_per_message()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        using var publisher = Open(broker, durable: false);
        using var consumer = Open(broker, durable: false);
        consumer.Call(WireClient.Consume(1, "q", "c", noAck: true), MethodId.BasicConsumeOk);
        AssertAllocatesLittle(batches =>
        {
            for (var i = 0; i < batches; i++)
            {
                publisher.Send(_transient);
                for (var read = 0; read < BatchMessages; read++) ReadDelivery(consumer);
            }
        });
    }

    [Fact]
    public async Task Delivering_with_an_ack_for_each_allocates_nothing_per_message()
    {
        await using var broker = await HareBroker.StartAsync(options => options.Port = 0);
        using var publisher = Open(broker, durable: false);
        using var consumer = Open(broker, durable: false);
        consumer.Call(WireClient.Consume(1, "q", "c"), MethodId.BasicConsumeOk);
        var ack = Requests.Ack(1, 0);
        byte[] acks = [.. Enumerable.Repeat(ack, BatchMessages).SelectMany(bytes => bytes)];
        AssertAllocatesLittle(batches =>
        {
            for (var i = 0; i < batches; i++)
            {
                publisher.Send(_transient);
                for (var read = 0; read < BatchMessages; read++)
                    BinaryPrimitives.WriteUInt64BigEndian(acks.AsSpan(read * ack.Length + 11), ReadDelivery(consumer));
                consumer.Send(acks);
            }

            Synchronize(consumer);
        });
    }

    private static RawClient Open(HareBroker broker, bool durable)
    {
        var client = new RawClient(broker.Uri);
        client.Call(WireClient.QueueDeclare(1, "q", durable: durable), MethodId.QueueDeclareOk);
        return client;
    }

    private static byte[] Batch(Action<WireWriter> properties) =>
        [.. Enumerable.Repeat(Requests.Publish(1, "", "q", new byte[16], properties), BatchMessages).SelectMany(bytes => bytes)];

    /// <summary>The answer comes after everything before it has been handled.</summary>
    private static void Synchronize(RawClient client) => client.Call(s_declare, MethodId.QueueDeclareOk);

    private static ulong ReadDelivery(RawClient consumer)
    {
        var arguments = consumer.Expect(MethodId.BasicDeliver);
        var tag = BinaryPrimitives.ReadUInt64BigEndian(arguments[(1 + arguments[0])..]);
        consumer.ReadFrame();
        consumer.ReadFrame();
        return tag;
    }

    private static void AssertAllocatesLittle(Action<int> run)
    {
        run(WarmUpBatches);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        run(MeasuredBatches);
        var perMessage = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / (MeasuredBatches * BatchMessages);
        TestContext.Current.SendDiagnosticMessage("{0:F3} bytes per message", perMessage);
        Assert.InRange(perMessage, 0, BytesPerMessageMax);
    }
}
