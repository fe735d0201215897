using HareMQ.Broker.Access;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Access;

public sealed class AccessErrorsTests
{
    [Fact]
    public void Refusals_are_worded_as_clients_know_them()
    {
        Says("ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused for user 'u'",
            AccessErrors.QueueRefused(AccessRight.Configure, "q", "/", "u"));
        Says("ACCESS_REFUSED - write access to exchange 'x' in vhost 'v' refused for user 'u'",
            AccessErrors.ExchangeRefused(AccessRight.Write, "x", "v", "u"));
        Says("ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'u'",
            AccessErrors.ExchangeRefused(AccessRight.Write, "", "/", "u"));
        Says("ACCESS_REFUSED - read access to topic 'a.b' in exchange 'x' in vhost '/' refused for user 'u'",
            AccessErrors.TopicRefused(AccessRight.Read, "a.b", "x", "/", "u"));
    }

    [Fact]
    public void Refusals_at_login_close_the_connection()
    {
        Says("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
            AccessErrors.LoginRefused("PLAIN"));
        Says("NOT_ALLOWED - vhost foo not found", AccessErrors.VirtualHostNotFound("foo"));
        Says("NOT_ALLOWED - access to vhost 'foo' refused for user 'u'", AccessErrors.VirtualHostRefused("foo", "u"));
    }

    private static void Says(string expected, AmqpException error) => Assert.Equal(expected, error.Message);
}
