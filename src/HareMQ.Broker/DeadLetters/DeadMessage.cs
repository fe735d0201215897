using HareMQ.Broker.Queues;
using HareMQ.Storage;

namespace HareMQ.Broker.DeadLetters;

/// <summary>Where a message lies that is neither ready nor out any more, but not to be forgotten before it is somewhere else.</summary>
internal readonly record struct DeadMessage(MessageLane Lane, LogPosition Position, int RecordBytes, DeathReason Reason);
