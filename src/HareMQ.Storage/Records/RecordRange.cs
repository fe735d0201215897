namespace HareMQ.Storage;

/// <summary>A run of whole records inside a <see cref="RecordBatch"/>.</summary>
internal readonly record struct RecordRange(int Offset, int Bytes, int Count);
