using System.Globalization;

namespace HareMQ.Hosting;

/// <summary>
/// The log as a file that is put aside when it has grown or when it is time: <c>haremq.log</c> becomes <c>haremq.log.0</c>, that one
/// <c>haremq.log.1</c>, and so on, the oldest goes. Written by one thread, whole lines at a time, so no line is split.
/// </summary>
internal sealed class RotatingFile : Stream
{
    private readonly string _path;
    private readonly long _bytesMax;
    private readonly int _count;
    private readonly RotationSchedule? _schedule;
    private readonly TimeProvider _time;
    private FileStream _file;
    private DateTime _nextAt = DateTime.MaxValue;

    /// <param name="path">Its directory is made if need be.</param>
    /// <param name="bytesMax">The size above which it is put aside; 0: never.</param>
    /// <param name="count">How many older ones are kept; 0: it starts again, and nothing is kept.</param>
    /// <param name="schedule">When it is put aside as well, by UTC, as soon as something is to be written; null: never.</param>
    /// <param name="time">The clock for that; null: the system's.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public RotatingFile(string path, long bytesMax, int count, RotationSchedule? schedule = null, TimeProvider? time = null)
    {
        _path = path;
        _bytesMax = bytesMax;
        _count = count;
        _schedule = schedule;
        _time = time ?? TimeProvider.System;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        _file = Open();
        // A program that did not run when it was time puts aside what it left.
        if (schedule is null) return;
        _nextAt = schedule.NextAfter(_file.Length > 0 ? File.GetLastWriteTimeUtc(path) : _time.GetUtcNow().UtcDateTime);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if ((IsTime() || (_bytesMax > 0 && _file.Length + buffer.Length > _bytesMax)) && _file.Length > 0) Rotate();
        _file.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => _file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    private bool IsTime()
    {
        if (_schedule is null) return false;
        var now = _time.GetUtcNow().UtcDateTime;
        if (now < _nextAt) return false;
        _nextAt = _schedule.NextAfter(now);
        return true;
    }

    private void Rotate()
    {
        _file.Dispose();
        try
        {
            for (var i = _count - 1; i >= 0; i--)
            {
                var from = i == 0 ? _path : Older(i - 1);
                if (File.Exists(from)) File.Move(from, Older(i), overwrite: true);
            }

            if (_count == 0) File.Delete(_path);
        }
        finally
        {
            // Whatever was in the way: the log goes on where it can.
            _file = Open();
        }
    }

    private string Older(int index) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{index}");

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
