namespace HareMQ.Storage;

/// <summary>Stored in every record: values may be added, never changed.</summary>
[Flags]
internal enum RecordFlags : byte
{
    None = 0,

    /// <summary>Survives a restart; without it recovery drops the record.</summary>
    Persistent = 1,

    /// <summary>Its headers hold the broker's own account of the queues it died in.</summary>
    Dead = 2,
}
