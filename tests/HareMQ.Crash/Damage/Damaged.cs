using System.Globalization;
using System.Text.RegularExpressions;
using HareMQ.Crash.Messages;

namespace HareMQ.Crash.Damage;

/// <summary>What was done to the store and what it may cost.</summary>
internal sealed record Damaged
{
    /// <summary>Messages that lay in the damage. All others must be there.</summary>
    public IReadOnlyCollection<MessageId> Lost { get; init; } = [];

    /// <summary>Queues whose definitions lay in the damage.</summary>
    public IReadOnlyCollection<string> LostQueues { get; init; } = [];

    /// <summary>Acknowledged messages may come back, and what was delivered may look as if it was not.</summary>
    public bool AcknowledgementsLost { get; init; }

    /// <summary>Null: nothing was dropped, so nothing needs to be said.</summary>
    public Func<string, bool>? IsLoggedBy { get; init; }

    public static Damaged Records(SegmentFile segment, long from, long to) =>
        Records(segment, segment.Records.Where(record => record.Offset < to && record.End > from), from, to);

    public static Damaged Records(SegmentFile segment, IEnumerable<StoredRecord> lost, long from, long to)
    {
        var ids = lost.Select(record => record.Id).ToArray();
        return new Damaged { Lost = ids, IsLoggedBy = ids.Length == 0 ? null : line => Names(line, segment, from, to) };
    }

    /// <summary>Whether the line names the queue's directory, the segment and a range that meets the damage.</summary>
    private static bool Names(string line, SegmentFile segment, long from, long to)
    {
        if (!line.Contains(Path.GetFileName(Path.GetDirectoryName(segment.Path))!, StringComparison.Ordinal)) return false;
        var match = Regex.Match(line, @"dropped (\d+) bytes at (\d+):(\d+)");
        if (!match.Success || ParseGroup(match, 2) != segment.Number) return false;
        var offset = ParseGroup(match, 3);
        return offset < to && offset + ParseGroup(match, 1) > from;
    }

    private static long ParseGroup(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
}
