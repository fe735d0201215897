namespace HareMQ.Storage;

/// <summary>Where a record begins in its log: the message's identity in its queue. Grows in order of arrival; offsets are bytes.</summary>
internal readonly record struct LogPosition(uint Segment, uint Offset) : IComparable<LogPosition>
{
    public ulong Packed => (ulong)Segment << 32 | Offset;

    public static LogPosition FromPacked(ulong packed) => new((uint)(packed >> 32), (uint)packed);

    public int CompareTo(LogPosition other) => Packed.CompareTo(other.Packed);

    public static bool operator <(LogPosition left, LogPosition right) => left.Packed < right.Packed;

    public static bool operator >(LogPosition left, LogPosition right) => left.Packed > right.Packed;

    public static bool operator <=(LogPosition left, LogPosition right) => left.Packed <= right.Packed;

    public static bool operator >=(LogPosition left, LogPosition right) => left.Packed >= right.Packed;

    public override string ToString() => $"{Segment}:{Offset}";
}
