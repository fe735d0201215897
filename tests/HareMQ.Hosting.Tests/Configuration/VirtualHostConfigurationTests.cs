namespace HareMQ.Hosting.Tests;

/// <summary>Keys of what virtual hosts begin with.</summary>
public sealed class VirtualHostConfigurationTests
{
    [Fact]
    public void Keys_reach_their_options()
    {
        var broker = Apply(
            "default_queue_type = quorum", "default_limits.vhosts.2.pattern = ^dev", "default_limits.vhosts.2.max_connections = 10",
            "default_limits.vhosts.1.max_queues = 0", "default_limits.vhosts.2.max_queues = infinity", "max_channels_per_connection = 7").Broker;
        Assert.Equal(HareQueueType.Quorum, broker.DefaultQueueType);
        Assert.Equal(
            [new HareVirtualHostLimits { Pattern = "^dev", MaxConnections = 10 }, new HareVirtualHostLimits { MaxQueues = 0 }],
            broker.DefaultLimits);
        Assert.Equal(7, broker.ChannelMax);
    }

    [Fact]
    public void Users_and_policies_of_virtual_hosts()
    {
        var broker = Apply(
            "default_users.first\\.last.vhost_pattern = ^dev", "default_users.first\\.last.password = p#1", "default_users.b.tags = monitoring, x",
            "default_users.first\\.last.configure = ^c", "default_users.first\\.last.write = ^w", "default_users.first\\.last.read = ^r",
            "default_policies.operator.p.vhost_pattern = ^dev", "default_policies.operator.p.queue_pattern = ^q",
            "default_policies.operator.p.apply_to = classic_queues", "default_policies.operator.p.expires = 1h30m",
            "default_policies.operator.p.message_ttl = 500", "default_policies.operator.p.max_length = 10",
            "default_policies.operator.p.max_length_bytes = 1MiB", "default_policies.operator.p.delivery_limit = 3",
            "default_policies.operator.q.message_ttl = 2w").Broker;
        var (user, other) = (broker.DefaultUsers[0], broker.DefaultUsers[1]);
        Assert.Equal(("first.last", "^dev", "p", new HarePermissions("^c", "^w", "^r")),
            (user.Name, user.VirtualHostPattern, user.Password, user.Permissions));
        Assert.Equal(("b", ".*", null, HarePermissions.All), (other.Name, other.VirtualHostPattern, other.Password, other.Permissions));
        Assert.Equal(["monitoring", "x"], other.Tags);
        Assert.Equal(
            [
                new HareDefaultPolicy(
                    "p", """{"expires":5400000,"message-ttl":500,"max-length":10,"max-length-bytes":1048576,"delivery-limit":3}""")
                {
                    VirtualHostPattern = "^dev", QueuePattern = "^q", ApplyTo = "classic_queues",
                },
                new HareDefaultPolicy("q", """{"message-ttl":1209600000}"""),
            ], broker.DefaultOperatorPolicies);
    }

    [Theory]
    [InlineData("1h", 3_600_000)]
    [InlineData("1D2h", 93_600_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("0.0001s", 1)]
    [InlineData("1f", 1_209_600_000)]
    [InlineData("500", 500)]
    public void Times_are_written_as_in_RabbitMQ(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var parsed));
        Assert.Equal(milliseconds, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("5 s")]
    [InlineData("h")]
    [InlineData("1h30")]
    [InlineData("1y")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999999999999f")]
    public void Other_times_are_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("default_users.a.vhost_pattern = (", "default_users.a.vhost_pattern: '(' is not usable; expected: NAME.vhost_pattern, ")]
    [InlineData("default_users.a.pasword = hidden", "default_users.a.pasword: the value is not usable; expected: NAME.vhost_pattern, ")]
    [InlineData("default_policies.operator.1.max_in_memory_bytes = 1MB",
        "default_policies.operator.1.max_in_memory_bytes: '1MB' is not usable; expected: ID.vhost_pattern or ID.queue_pattern with")]
    [InlineData("default_policies.operator.1.classic_queues.ha_mode = all",
        "default_policies.operator.1.classic_queues.ha_mode: 'all' is not usable; expected: ID.vhost_pattern or ID.queue_pattern with")]
    [InlineData("default_policies.operator.1.expires = 0s", "default_policies.operator.1.expires: '0s' is not usable; expected: ID.vhost")]
    [InlineData("default_policies.operator.1.max_length = 0", "default_policies.operator.1.max_length: '0' is not usable; expected: ID.vhost")]
    [InlineData("default_queue_type = stream", "default_queue_type: 'stream' is not usable; expected: classic, quorum")]
    [InlineData("default_limits.vhosts.1.pattern = (", "default_limits.vhosts.1.pattern: '(' is not usable; expected: ID.pattern with")]
    [InlineData("default_limits.vhosts.1.max_queues = -1", "default_limits.vhosts.1.max_queues: '-1' is not usable; expected: ID.pattern with")]
    [InlineData("default_limits.vhosts.1.max_channels = 1", "default_limits.vhosts.1.max_channels: '1' is not usable; expected: ID.pattern with")]
    [InlineData("default_limits.vhosts.pattern = a", "default_limits.vhosts.pattern: 'a' is not usable; expected: ID.pattern with")]
    public void A_bad_line_is_one_clear_error(string line, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => Apply(line));
        Assert.StartsWith($"x.conf:1: {message}", error.Message);
    }

    [Fact]
    public void Options_are_checked()
    {
        AssertRefused("DefaultLimits.Pattern is '('; allowed: a regular expression", new HareVirtualHostLimits { Pattern = "(" });
        AssertRefused("DefaultLimits.MaxQueues is -1; allowed: 0 to 2147483647", new HareVirtualHostLimits { MaxQueues = -1 });
    }

    private static void AssertRefused(string message, HareVirtualHostLimits limits)
    {
        var options = new HareBrokerOptions { DefaultLimits = [limits] };
        Assert.Contains(message, Assert.ThrowsAny<Exception>(options.Validate).Message);
    }

    private static ServerSettings Apply(params string[] lines)
    {
        var settings = new ServerSettings();
        Assert.Empty(ConfigurationKeys.Apply(settings, ConfigurationFile.Parse("x.conf", lines)));
        settings.Broker.Validate();
        return settings;
    }
}
