using HareMQ.Broker.Exchanges;
using HareMQ.Broker.Queues;
using HareMQ.Storage;

namespace HareMQ.Broker.DeadLetters;

/// <summary>Where a message lies that is neither ready nor out any more, but not to be forgotten before it is somewhere else.</summary>
/// <param name="Lane">Whose log has it.</param>
/// <param name="Position">In that log.</param>
/// <param name="RecordBytes">The size of its record.</param>
/// <param name="Reason">Why it died.</param>
/// <param name="Owed">The targets that had no room while others took it: only they get it again. Null = all.</param>
internal readonly record struct DeadMessage(
    MessageLane Lane, LogPosition Position, int RecordBytes, DeathReason Reason, IRouteTarget[]? Owed = null);
