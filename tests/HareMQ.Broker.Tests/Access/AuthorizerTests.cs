using System.Text;
using HareMQ.Broker.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace HareMQ.Broker.Tests.Access;

public sealed class AuthorizerTests
{
    private readonly AccessControl _access = new();

    public AuthorizerTests() => _access.SetUser(new User("alice", PasswordHash.None));

    [Theory]
    [InlineData(".*", "anything", true)]
    [InlineData(".*", "", true)]
    [InlineData("", "q", false)]
    [InlineData("^$", "q", false)]
    [InlineData("order", "all-orders", true)]
    [InlineData("^order", "all-orders", false)]
    [InlineData("^(a|b)$", "b", true)]
    [InlineData("^(a|b)$", "ab", false)]
    [InlineData("^amq\\.", "", true)]
    [InlineData("^amq\\.default$", "", true)]
    [InlineData("Order", "order", false)]
    [InlineData("^(?!secret).*", "secret-q", false)]
    [InlineData("^(?!secret).*", "open-q", true)]
    public void A_pattern_is_searched_in_the_resource_name(string pattern, string resource, bool expected)
    {
        _access.SetPermission("alice", "/", new Permission(pattern, pattern, pattern));
        var authorizer = Authorizer();

        // Twice: decided, then remembered.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(expected, authorizer.MayConfigure(resource));
            Assert.Equal(expected, authorizer.MayWrite(resource));
            Assert.Equal(expected, authorizer.MayRead(resource));
        }
    }

    [Fact]
    public void The_three_rights_are_separate()
    {
        _access.SetPermission("alice", "/", new Permission("c", "w", "r"));
        var authorizer = Authorizer();

        Assert.Equal((true, false, false), (authorizer.MayConfigure("c"), authorizer.MayWrite("c"), authorizer.MayRead("c")));
        Assert.Equal((false, true, false), (authorizer.MayConfigure("w"), authorizer.MayWrite("w"), authorizer.MayRead("w")));
        Assert.Equal((false, false, true), (authorizer.MayConfigure("r"), authorizer.MayWrite("r"), authorizer.MayRead("r")));
    }

    [Fact]
    public void Another_virtual_hosts_permission_grants_nothing()
    {
        _access.SetPermission("alice", "other", Permission.Everything);

        Assert.False(Authorizer().MayRead("q"));
    }

    [Fact]
    public void A_changed_permission_counts_at_once()
    {
        _access.SetPermission("alice", "/", new Permission("", "", ""));
        var authorizer = Authorizer();
        Assert.False(authorizer.MayWrite("q"));

        _access.SetPermission("alice", "/", Permission.Everything);
        Assert.True(authorizer.MayWrite("q"));

        _access.ClearPermission("alice", "/");
        Assert.False(authorizer.MayWrite("q"));
    }

    [Fact]
    public void Remembered_decisions_are_bounded()
    {
        _access.SetPermission("alice", "/", new Permission("", "7$", ""));
        var authorizer = Authorizer();

        for (var i = 0; i < 3000; i++)
        {
            Assert.Equal(i % 10 == 7, authorizer.MayWrite($"q{i}"));
            Assert.InRange(authorizer.CachedDecisionCount, 1, Broker.Access.Authorizer.CachedDecisionsMax);
        }
    }

    [Fact]
    public void A_remembered_decision_allocates_nothing()
    {
        _access.SetPermission("alice", "/", new Permission("", "^q", ""));
        var authorizer = Authorizer();
        Assert.True(authorizer.MayWrite("queue"));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) authorizer.MayWrite("queue");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_pattern_that_never_ends_counts_as_a_refusal_and_is_reported()
    {
        _access.SetPermission("alice", "/", new Permission("", "^(a+)+$", ""));
        var log = new RecordingLogger();
        var authorizer = new Authorizer(_access, "alice", "/", log);

        Assert.False(authorizer.MayWrite(new string('a', 40) + "!"));
        Assert.Contains("^(a+)+$", Assert.Single(log.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_topic_permission_every_key_is_allowed()
    {
        _access.SetTopicPermission("alice", "/", new TopicPermission("other", "", ""));
        var authorizer = Authorizer();

        Assert.True(authorizer.MayWriteTopic("amq.topic", "any.key"));
        Assert.True(authorizer.MayWriteTopic("amq.topic", "any.key"u8));
        Assert.True(authorizer.MayReadTopic("amq.topic", "any.key"));
    }

    [Fact]
    public void Topic_permissions_are_matched_against_the_key()
    {
        _access.SetTopicPermission("alice", "/", new TopicPermission("amq.topic", "^w\\.", "^r\\."));
        var authorizer = Authorizer();

        Assert.True(authorizer.MayWriteTopic("amq.topic", "w.x"));
        Assert.True(authorizer.MayWriteTopic("amq.topic", "w.x"u8));
        Assert.False(authorizer.MayWriteTopic("amq.topic", "r.x"));
        Assert.False(authorizer.MayWriteTopic("amq.topic", "r.x"u8));
        Assert.True(authorizer.MayReadTopic("amq.topic", "r.x"));
        Assert.False(authorizer.MayReadTopic("amq.topic", "w.x"));
        Assert.False(authorizer.MayWriteTopic("amq.topic", Encoding.UTF8.GetBytes(new string('x', 300))));

        _access.ClearTopicPermissions("alice", "/");
        Assert.True(authorizer.MayWriteTopic("amq.topic", "r.x"));
    }

    [Fact]
    public void Variables_stand_for_the_literal_names()
    {
        _access.SetUser(new User("a.*", PasswordHash.None));
        _access.SetTopicPermission("a.*", "v+", new TopicPermission("amq.topic", "^{vhost}\\.{username}\\.", ""));
        var authorizer = new Authorizer(_access, "a.*", "v+", NullLogger.Instance);

        Assert.True(authorizer.MayWriteTopic("amq.topic", "v+.a.*.key"));
        Assert.False(authorizer.MayWriteTopic("amq.topic", "vv.abc.key"));
    }

    private Authorizer Authorizer() => new(_access, "alice", "/", NullLogger.Instance);
}
