using System.Buffers.Binary;

namespace HareMQ.Perf;

/// <summary>
/// The ids that a broker has confirmed, in memory and, if a file is named, in that too: 8 bytes each, little-endian, in the order of the
/// confirms. For one thread.
/// </summary>
internal sealed class ConfirmRecord : IDisposable
{
    private const int FileBufferBytes = 64 * 1024;

    private readonly Dictionary<int, SequenceSet> _confirmed = [];
    private readonly FileStream? _file;

    public ConfirmRecord(string? path) =>
        _file = path is null ? null : new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, FileBufferBytes);

    public IReadOnlyDictionary<int, SequenceSet> Confirmed => _confirmed;

    public long Count => _confirmed.Values.Sum(publisher => publisher.Count);

    public IConfirmLedger LedgerOf(int publisher)
    {
        var confirmed = new SequenceSet();
        _confirmed.Add(publisher, confirmed);
        return new Ledger(this, publisher, confirmed);
    }

    /// <exception cref="PerfException">It cannot be read, or was not written by <see cref="ConfirmRecord"/>.</exception>
    public static ConfirmRecord Read(string path)
    {
        var record = new ConfirmRecord(null);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBufferBytes);
            Span<byte> id = stackalloc byte[sizeof(ulong)];
            // A torn last id is that of a message whose confirm was not noted.
            while (file.ReadAtLeast(id, id.Length, throwOnEndOfStream: false) == id.Length)
                record.Add(new MessageStamp(BinaryPrimitives.ReadUInt64LittleEndian(id), 0), path);
            return record;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PerfException.Usage($"--file {path}: {e.Message}");
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Add(MessageStamp stamp, string path)
    {
        if (stamp.Publisher < 1 || stamp.Sequence is < 1 or > DeliveryLedger.SequenceMax)
            throw PerfException.Usage($"--file {path}: not a record of confirms");
        if (!_confirmed.TryGetValue(stamp.Publisher, out var confirmed)) _confirmed[stamp.Publisher] = confirmed = new SequenceSet();
        confirmed.Add(stamp.Sequence);
    }

    private sealed class Ledger(ConfirmRecord record, int publisher, SequenceSet confirmed) : IConfirmLedger
    {
        private readonly byte[] _id = new byte[sizeof(ulong)];

        public void Confirmed(long sequence)
        {
            confirmed.Add(sequence);
            if (record._file is null) return;
            BinaryPrimitives.WriteUInt64LittleEndian(_id, MessageStamp.IdOf(publisher, sequence));
            record._file.Write(_id);
        }
    }
}
