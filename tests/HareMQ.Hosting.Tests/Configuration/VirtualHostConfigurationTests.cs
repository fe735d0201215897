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

    [Theory]
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
