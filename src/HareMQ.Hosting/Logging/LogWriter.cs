using System.Buffers;

namespace HareMQ.Hosting;

/// <summary>
/// Takes finished lines from any thread and writes them from one thread of its own, so that a slow terminal or pipe delays nobody who logs.
/// At most <see cref="PendingBytesMax"/> wait; beyond that new lines are dropped, counted, and reported once the stream takes lines again.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    internal const int PendingBytesMax = 4 * 1024 * 1024;

    /// <summary>A buffer that a burst made larger than this is not kept.</summary>
    private const int KeptBufferBytes = 64 * 1024;

    private static readonly TimeSpan s_disposeTimeout = TimeSpan.FromSeconds(5);

    private readonly Stream _stream;
    private readonly Action<IBufferWriter<byte>, long> _writeLossNotice;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;

    // Under _gate: any thread adds, the writer's thread takes.
    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _pending = new();
    private int _pendingLines;
    private long _lostLines;
    private bool _stopping;

    /// <param name="stream">Owned by the caller, written by this writer's thread alone.</param>
    /// <param name="writeLossNotice">Formats the line that tells how many lines were lost.</param>
    public LogWriter(Stream stream, Action<IBufferWriter<byte>, long> writeLossNotice)
    {
        _stream = stream;
        _writeLossNotice = writeLossNotice;
        _thread = new Thread(Run) { IsBackground = true, Name = "haremq-log" };
        _thread.Start();
    }

    public void Write(ReadOnlySpan<byte> line)
    {
        bool wasEmpty;
        lock (_gate)
        {
            if (_stopping) return;
            wasEmpty = _pendingLines == 0;
            if (_pending.WrittenCount + line.Length > PendingBytesMax)
            {
                _lostLines++;
                return;
            }
            _pending.Write(line);
            _pendingLines++;
        }
        if (wasEmpty) _wake.Set();
    }

    /// <summary>Writes what is pending. Gives up after 5 seconds if the stream takes nothing, for then nobody reads it.</summary>
    public void Dispose()
    {
        lock (_gate) _stopping = true;
        _wake.Set();
        _thread.Join(s_disposeTimeout);
    }

    private void Run()
    {
        var batch = new ArrayBufferWriter<byte>();
        while (TakeNext(ref batch, out var lines))
        {
            if (!TryWriteBatch(batch.WrittenSpan))
                lock (_gate)
                    _lostLines += lines;
            if (batch.Capacity > KeptBufferBytes) batch = new ArrayBufferWriter<byte>();
            else batch.ResetWrittenCount();
        }
    }

    /// <summary>Waits for lines and exchanges the empty batch for them. False: there are none and there will be none.</summary>
    /// <param name="batch">The lines, and the notice of those that were lost before.</param>
    /// <param name="lines">How many entries are lost if the batch cannot be written.</param>
    private bool TakeNext(ref ArrayBufferWriter<byte> batch, out long lines)
    {
        while (true)
        {
            lock (_gate)
            {
                lines = _pendingLines;
                if (lines > 0)
                {
                    (batch, _pending) = (_pending, batch);
                    _pendingLines = 0;
                    if (_lostLines > 0) _writeLossNotice(batch, _lostLines);
                    lines += _lostLines;
                    _lostLines = 0;
                    return true;
                }
                if (_stopping) return false;
            }
            _wake.WaitOne();
        }
    }

    /// <summary>A failing stream (closed pipe, a full disk) costs the batch, which the next notice reports; the broker goes on.</summary>
    private bool TryWriteBatch(ReadOnlySpan<byte> batch)
    {
        try
        {
            _stream.Write(batch);
            _stream.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
