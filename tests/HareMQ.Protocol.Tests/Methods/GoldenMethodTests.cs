namespace HareMQ.Protocol.Tests.Methods;

/// <summary>Whole frames, written down from the specification by hand.</summary>
public sealed class GoldenMethodTests
{
    [Fact]
    public void Connection_start() => Writes(
        new ConnectionStart(0, 9, new FieldTableBuilder().Add("p", "H").ToTable().Encoded.Span, "PLAIN"u8, "en_US"u8), channel: 0,
        "01 0000 00000024" + "000A 000A" + "00 09" + "00000008 0170 53 00000001 48" + "00000005 504C41494E" + "00000005 656E5F5553" + "CE");

    [Fact]
    public void Connection_tune() => Writes(
        new ConnectionTune(2047, 131072, 60), channel: 0, "01 0000 0000000C" + "000A 001E" + "07FF 00020000 003C" + "CE");

    [Fact]
    public void Connection_open() => Writes(
        new ConnectionOpen("/"u8, ""u8, insist: true), channel: 0, "01 0000 00000008" + "000A 0028" + "01 2F 00 01" + "CE");

    [Fact]
    public void Connection_close() => Writes(
        new ConnectionClose(320, "bye"u8, 60, 40), channel: 0, "01 0000 0000000E" + "000A 0032" + "0140 03 627965 003C 0028" + "CE");

    [Fact]
    public void Channel_open_ok() => Writes(new ChannelOpenOk(""u8), channel: 1, "01 0001 00000008" + "0014 000B" + "00000000" + "CE");

    [Fact]
    public void Exchange_declare() => Writes(
        new ExchangeDeclare("x"u8, "topic"u8, passive: false, durable: true, autoDelete: false, @internal: true, noWait: false, []),
        channel: 1,
        "01 0001 00000013" + "0028 000A" + "0000 01 78 05 746F706963 0A 00000000" + "CE");

    [Fact]
    public void Exchange_unbind_ok_has_the_odd_id() => Writes(new ExchangeUnbindOk(), channel: 1, "01 0001 00000004" + "0028 0033" + "CE");

    [Theory]
    [InlineData(true, false, false, false, false, "01")]
    [InlineData(false, true, false, false, false, "02")]
    [InlineData(false, false, true, false, false, "04")]
    [InlineData(false, false, false, true, false, "08")]
    [InlineData(false, false, false, false, true, "10")]
    public void Queue_declare(bool passive, bool durable, bool exclusive, bool autoDelete, bool noWait, string bits) => Writes(
        new QueueDeclare("q"u8, passive, durable, exclusive, autoDelete, noWait, []), channel: 1,
        "01 0001 0000000D" + "0032 000A" + "0000 01 71" + bits + "00000000" + "CE");

    [Fact]
    public void Queue_declare_ok() => Writes(
        new QueueDeclareOk("q"u8, 5, 2), channel: 1, "01 0001 0000000E" + "0032 000B" + "01 71 00000005 00000002" + "CE");

    [Fact]
    public void Basic_consume() => Writes(
        new BasicConsume("q"u8, "c"u8, noLocal: false, noAck: true, exclusive: false, noWait: true, []), channel: 2,
        "01 0002 0000000F" + "003C 0014" + "0000 01 71 01 63 0A 00000000" + "CE");

    [Fact]
    public void Basic_publish() => Writes(
        new BasicPublish("ex"u8, "key"u8, mandatory: true, immediate: false), channel: 1,
        "01 0001 0000000E" + "003C 0028" + "0000 02 6578 03 6B6579 01" + "CE");

    [Fact]
    public void Basic_deliver() => Writes(
        new BasicDeliver("c"u8, 258, redelivered: true, "ex"u8, "key"u8), channel: 1,
        "01 0001 00000016" + "003C 003C" + "01 63 0000000000000102 01 02 6578 03 6B6579" + "CE");

    [Fact]
    public void Basic_get_ok() => Writes(
        new BasicGetOk(1, redelivered: false, ""u8, "q"u8, 3), channel: 1,
        "01 0001 00000014" + "003C 0047" + "0000000000000001 00 00 01 71 00000003" + "CE");

    [Fact]
    public void Basic_ack() => Writes(
        new BasicAck(7, multiple: true), channel: 1, "01 0001 0000000D" + "003C 0050" + "0000000000000007 01" + "CE");

    [Fact]
    public void Basic_nack() => Writes(
        new BasicNack(7, multiple: false, requeue: true), channel: 1, "01 0001 0000000D" + "003C 0078" + "0000000000000007 02" + "CE");

    [Fact]
    public void Confirm_select() => Writes(new ConfirmSelect(noWait: false), channel: 1, "01 0001 00000005" + "0055 000A" + "00" + "CE");

    private static void Writes<TMethod>(TMethod method, ushort channel, string expectedHex)
        where TMethod : struct, IAmqpMethod, allows ref struct
    {
        var frame = new byte[method.FrameBytes];
        Assert.Equal(frame.Length, method.WriteFrame(frame, channel));
        Assert.Equal(expectedHex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(frame));
    }
}
