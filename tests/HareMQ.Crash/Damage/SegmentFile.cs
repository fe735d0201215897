using System.Buffers.Binary;
using System.Globalization;
using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Damage;

/// <summary>A segment file, read without the broker's own code, from what docs/internals/storage.md says of the format.</summary>
internal sealed class SegmentFile
{
    public const int HeaderBytes = 64;
    public const int FooterBytes = 64;
    public const int BlockHeaderBytes = 32;
    public const int RecordHeaderBytes = 36;

    public SegmentFile(string path)
    {
        Path = path;
        Number = uint.Parse(System.IO.Path.GetFileName(path).AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var content = File.ReadAllBytes(path);
        FileBytes = content.Length;
        IsSealed = content.AsSpan(content.Length - FooterBytes).StartsWith("HAREMQSF"u8);
        var blocks = new List<StoredBlock>();
        for (var at = HeaderBytes; content.AsSpan(at).StartsWith("HBLK"u8); at += blocks[^1].Bytes) blocks.Add(ReadBlock(content, at));
        Blocks = blocks;
    }

    public string Path { get; }

    public uint Number { get; }

    public long FileBytes { get; }

    /// <summary>A newer one follows; the last segment before a kill is open.</summary>
    public bool IsSealed { get; }

    public IReadOnlyList<StoredBlock> Blocks { get; }

    public IEnumerable<StoredRecord> Records => Blocks.SelectMany(block => block.Records);

    /// <summary>Behind the last block.</summary>
    public long End => Blocks[^1].End;

    public string AckPath => System.IO.Path.ChangeExtension(Path, ".ack");

    private static StoredBlock ReadBlock(byte[] content, int offset)
    {
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(offset + 4));
        var records = new List<StoredRecord>();
        for (var at = offset + BlockHeaderBytes; at < offset + bytes; at += records[^1].Bytes)
        {
            var record = content.AsSpan(at);
            var recordBytes = BinaryPrimitives.ReadInt32LittleEndian(record);
            var bodyAt = RecordHeaderBytes + record[14] + record[15] + BinaryPrimitives.ReadInt32LittleEndian(record[32..]);
            if (!MessageBody.TryRead(record[bodyAt..recordBytes], bytes: null, out var id))
                throw new BrokenPromiseException($"The record at {at} is not what was published.");
            records.Add(new StoredRecord(at, recordBytes, at + bodyAt, id));
        }

        return new StoredBlock(offset, bytes, records);
    }
}
