using System.Net;
using HareMQ.Amqp.Transport;

namespace HareMQ.Amqp.Tests.Connections;

/// <summary>A client that keeps what it is sent, as slowly as the test wants.</summary>
internal sealed class TestTransport : ITransport
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _sent = new();
    private TaskCompletionSource? _hold;
    private int _sending;

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public bool IsAborted { get; private set; }

    public int Sends { get; private set; }

    /// <summary>What the next sends fail with.</summary>
    public Exception? Failure { get; set; }

    public byte[] Sent
    {
        get
        {
            lock (_lock) return _sent.ToArray();
        }
    }

    /// <summary>From now on sends wait.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo()
    {
        var hold = _hold;
        _hold = null;
        hold?.SetResult();
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => throw new NotSupportedException("The writer does not receive.");

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        Assert.Equal(1, Interlocked.Increment(ref _sending));
        if (_hold is { } hold) await hold.Task;
        if (Failure is not null) throw Failure;
        lock (_lock)
        {
            Sends++;
            _sent.Write(buffer.Span);
        }

        Interlocked.Decrement(ref _sending);
    }

    public void Abort() => IsAborted = true;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
