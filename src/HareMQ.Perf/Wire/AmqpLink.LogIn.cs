using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf;

internal sealed partial class AmqpLink
{
    private static readonly FieldTable s_clientProperties = new FieldTableBuilder()
        .Add("product", "hareperf")
        .Add("capabilities", new FieldTableBuilder()
            .Add("publisher_confirms", true)
            .Add("basic.nack", true)
            .Add("connection.blocked", true)
            .Add("consumer_cancel_notify", true)
            .Add("authentication_failure_close", true)
            .ToTable())
        .ToTable();

    private void LogIn()
    {
        Outbox.Write(ProtocolHeader.Answer);
        Request(AmqpMethod.ConnectionStart);
        var response = Encoding.UTF8.GetBytes($"\0{Address.User}\0{Address.Password}");
        Outbox.Write(new ConnectionStartOk(s_clientProperties.Encoded.Span, "PLAIN"u8, response, "en_US"u8), 0);
        var tune = ConnectionTune.Read(Request(AmqpMethod.ConnectionTune));
        FrameMaxBytes = tune.FrameMax == 0 ? FrameMaxWanted : Math.Min(tune.FrameMax, FrameMaxWanted);
        // No heartbeats: a load that stops is noticed by its counts.
        Outbox.Write(new ConnectionTuneOk(tune.ChannelMax, FrameMaxBytes, 0), 0);
        Outbox.Write(new ConnectionOpen(Encoding.UTF8.GetBytes(Address.VirtualHost), default, false), 0);
        Request(AmqpMethod.ConnectionOpenOk);
    }
}
