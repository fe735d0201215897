namespace HareMQ.Management.Statistics;

/// <summary>Which numbers are sampled of a kind of thing, in the order of their names in the API.</summary>
/// <param name="Lengths">Numbers of messages, which come and go.</param>
/// <param name="Messages">Counters that are shown under <c>message_stats</c>.</param>
/// <param name="Plain">Counters that are shown where the thing itself is.</param>
internal sealed record Schema(string[] Lengths, string[] Messages, string[] Plain)
{
    private static readonly string[] s_lengths = ["messages", "messages_ready", "messages_unacknowledged"];

    private static readonly string[] s_messages =
    [
        "publish", "confirm", "return_unroutable", "drop_unroutable", "deliver", "deliver_no_ack", "get", "get_no_ack", "get_empty",
        "deliver_get", "redeliver", "ack",
    ];

    /// <summary>Whether a message is confirmed, or goes nowhere, is no matter of one queue.</summary>
    public static readonly Schema Queue = new(
        s_lengths, ["publish", "deliver", "deliver_no_ack", "get", "get_no_ack", "get_empty", "deliver_get", "redeliver", "ack"], []);

    public static readonly Schema VirtualHost = new(s_lengths, s_messages, ["recv_oct", "send_oct"]);
    public static readonly Schema Channel = new([], s_messages, []);
    public static readonly Schema Exchange = new([], ["publish_in", "publish_out"], []);
    public static readonly Schema Connection = new([], [], ["recv_oct", "recv_cnt", "send_oct", "send_cnt"]);

    public static readonly Schema Overview = new(s_lengths, s_messages,
    [
        "channel_closed", "channel_created", "connection_closed", "connection_created", "queue_created", "queue_declared", "queue_deleted",
    ]);

    public int Width => Lengths.Length + Messages.Length + Plain.Length;
}
