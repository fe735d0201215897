using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Damage;

/// <summary>A message as it lies in a segment file.</summary>
internal sealed record StoredRecord(long Offset, int Bytes, long BodyAt, MessageId Id)
{
    public long End => Offset + Bytes;
}

/// <summary>One append: a header of 32 bytes and its records.</summary>
internal sealed record StoredBlock(long Offset, int Bytes, IReadOnlyList<StoredRecord> Records)
{
    public long End => Offset + Bytes;
}
