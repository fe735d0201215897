using System.Text;

namespace HareMQ.Protocol.Tests.Errors;

public sealed class CloseReplyTests
{
    [Fact]
    public void Says_code_name_text_and_method()
    {
        var reply = CloseReply.From(new ChannelException(ReplyCode.NotFound, "no queue 'q' in vhost '/'"), AmqpMethod.BasicConsume);

        Assert.Equal(ReplyCode.NotFound, reply.Code);
        Assert.Equal("NOT_FOUND - no queue 'q' in vhost '/'", reply.Text);
        Assert.Equal((60, 20), (reply.ClassId, reply.MethodId));
    }

    [Fact]
    public void Names_no_method_where_there_was_none()
    {
        var reply = CloseReply.From(new ConnectionException(ReplyCode.FrameError, "x"), null);
        Assert.Equal((0, 0), (reply.ClassId, reply.MethodId));
    }

    [Fact]
    public void The_text_is_cut_at_255_bytes_and_between_characters()
    {
        for (var padding = 0; padding < 8; padding++)
        {
            var text = new string('a', padding) + string.Concat(Enumerable.Repeat("é€😀", 60));
            var reply = CloseReply.From(new ConnectionException(ReplyCode.NotAllowed, text), null);

            Assert.InRange(reply.TextBytes.Length, 252, 255);
            Assert.StartsWith("NOT_ALLOWED - ", reply.Text, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', reply.Text);
            Assert.Equal(reply.TextBytes.ToArray(), Encoding.UTF8.GetBytes(reply.Text));
        }
    }

    [Fact]
    public void A_text_of_255_bytes_stays_whole()
    {
        var text = new string('a', 255 - "NOT_ALLOWED - ".Length);
        Assert.Equal("NOT_ALLOWED - " + text, CloseReply.From(new ConnectionException(ReplyCode.NotAllowed, text), null).Text);
    }

    [Fact]
    public void Every_code_has_its_name()
    {
        Assert.Equal("NO_ROUTE", ReplyCode.NoRoute.Name());
        var names = Enum.GetValues<ReplyCode>().Select(code => code.Name()).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }
}
