using HareMQ.Amqp.Connections;
using HareMQ.Broker.Messages;
using HareMQ.Protocol;
using HareMQ.Storage;

namespace HareMQ.Amqp.Tests.Connections;

/// <summary>Large bodies leave from the batch that brought them: how long it is kept for that.</summary>
public sealed class LentBodyTests
{
    private const int FrameMaxBytes = 128 * 1024;

    /// <summary>Too large for the pool of batches, so that a released one stays as it is.</summary>
    private const int BodyBytes = 1_500_000;

    private readonly TestTransport _transport = new();
    private readonly ConnectionWriter _writer;
    private readonly RecordBatch _batch;
    private readonly byte[] _body = new byte[BodyBytes];

    public LentBodyTests()
    {
        _writer = new ConnectionWriter(_transport);
        new Random(1).NextBytes(_body);
        _batch = RecordBatch.Rent(BodyBytes);
        _body.CopyTo(_batch.Begin("e"u8, "k"u8, [0, 0], BodyBytes, RecordFlags.None, 0, 0, 0));
        _batch.End();
    }

    private bool IsReleased => _batch.WrittenBytes == 0;

    [Fact]
    public async Task A_lent_body_arrives_as_a_copied_one_would()
    {
        _writer.Write(1, new BasicAck(1, multiple: false));
        Deliver(2);
        WriteContent(3, "small"u8, null);
        Deliver(4);
        await SendAllAsync();
        var lent = _transport.Sent;

        var copying = new TestTransport();
        var writer = new ConnectionWriter(copying);
        writer.Write(1, new BasicAck(1, multiple: false));
        WriteContent(2, _body, null, writer);
        WriteContent(3, "small"u8, null, writer);
        WriteContent(4, _body, null, writer);
        await writer.DrainAsync();
        Assert.Equal(copying.Sent, lent);
        Assert.Equal(writer.SentBytes, _writer.SentBytes);
    }

    [Fact]
    public async Task The_batch_is_kept_until_its_body_is_sent()
    {
        _transport.Hold();
        Deliver(1);
        _batch.Release();
        _writer.Flush();
        Assert.False(IsReleased);
        _transport.LetGo();
        await SendAllAsync();
        Assert.True(IsReleased);
    }

    [Fact]
    public void What_is_not_sent_any_more_keeps_nothing()
    {
        Deliver(1);
        _batch.Release();
        _writer.End();
        Assert.True(IsReleased);
        Assert.Equal(0, _writer.PendingBytes);
    }

    [Fact]
    public async Task A_failed_send_keeps_nothing()
    {
        _transport.Hold();
        Deliver(1);
        Deliver(2);
        _batch.Release();
        var drained = _writer.DrainAsync();
        _transport.Failure = new IOException("broken pipe");
        _transport.LetGo();
        await drained.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(IsReleased);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(BodyBytes / 10)]
    public void A_body_that_is_little_of_its_batch_is_copied(int bytes)
    {
        WriteContent(1, BodyInBatch[..bytes], _batch);
        _batch.Release();
        Assert.True(IsReleased);
        _writer.End();
    }

    private ReadOnlySpan<byte> BodyInBatch => RecordView.Parse(_batch.WrittenSpan).Body;

    private void Deliver(ulong tag) => WriteContent(tag, BodyInBatch, _batch);

    private Task SendAllAsync() => _writer.DrainAsync().WaitAsync(TestContext.Current.CancellationToken);

    private void WriteContent(ulong tag, ReadOnlySpan<byte> body, RecordBatch? memory, ConnectionWriter? writer = null)
    {
        writer ??= _writer;
        lock (writer.Gate)
        {
            var deliver = new BasicDeliver("c"u8, tag, redelivered: false, "e"u8, "k"u8);
            writer.WriteContentLocked(1, deliver, [0, 0], body, FrameMaxBytes, new MessageMemory(memory));
        }
    }
}
