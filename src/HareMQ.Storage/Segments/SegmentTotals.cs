namespace HareMQ.Storage;

/// <summary>What has been appended to a segment since it was made.</summary>
internal struct SegmentTotals
{
    public uint PersistentRecords;
    public uint TransientRecords;
    public long PersistentBodyBytes;
    public long TransientBodyBytes;

    public readonly uint Records => PersistentRecords + TransientRecords;

    public void Add(in RecordView record)
    {
        if (record.IsPersistent)
        {
            PersistentRecords++;
            PersistentBodyBytes += record.BodyBytes;
        }
        else
        {
            TransientRecords++;
            TransientBodyBytes += record.BodyBytes;
        }
    }
}
