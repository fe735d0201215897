using System.Net;
using Microsoft.Extensions.Options;

namespace HareMQ.Hosting.Tests;

public sealed class HareBrokerOptionsTests
{
    [Fact]
    public void Defaults_are_valid_and_listen_on_loopback_only()
    {
        var options = new HareBrokerOptions();

        options.Validate();

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 5672)], options.EffectiveListeners);
        Assert.Null(options.DataDirectory);
        Assert.Equal(HareDurability.Fsync, options.Durability);
        Assert.Equal(["guest"], options.LoopbackUsers);
        Assert.Equal(options.NodeName, options.EffectiveClusterName);
    }

    [Fact]
    public void Listeners_replace_address_and_port()
    {
        var options = new HareBrokerOptions { Port = 1, Listeners = [new IPEndPoint(IPAddress.IPv6Any, 5673)] };

        Assert.Equal([new IPEndPoint(IPAddress.IPv6Any, 5673)], options.EffectiveListeners);
    }

    public static TheoryData<string, Action<HareBrokerOptions>> OutOfRange => new()
    {
        { "Port is 65536; allowed: 0 to 65535", options => options.Port = 65536 },
        { "HeartbeatSeconds is -1; allowed: 0 to 65535 seconds (0 = off)", options => options.HeartbeatSeconds = -1 },
        { "FrameMaxBytes is 4095; allowed: 4096 to 16777216 bytes", options => options.FrameMaxBytes = 4095 },
        { "ChannelMax is 65536; allowed: 0 to 65535 (0 = no limit of the server's)", options => options.ChannelMax = 65536 },
        { "MaxMessageBytes is 536870913; allowed: 1 to 536870912 bytes", options => options.MaxMessageBytes = 536_870_913 },
        { "HandshakeTimeout is 00:00:00; allowed: 100 to 600000 milliseconds", options => options.HandshakeTimeout = TimeSpan.Zero },
        { "MaxConnections is -1; allowed: 0 to 2147483647", options => options.MaxConnections = -1 },
        { "ConsumerMaxPerChannel is 0; allowed: 1 to 2147483647", options => options.ConsumerMaxPerChannel = 0 },
        {
            "ConsumerTimeout is 00:00:00; allowed: 1 to 315360000000 milliseconds",
            options => options.ConsumerTimeout = TimeSpan.Zero
        },
        { "MemoryHighWatermark is 1.5; allowed: 0 to 1", options => options.MemoryHighWatermark = 1.5 },
        { "MemoryHighWatermark is NaN; allowed: 0 to 1", options => options.MemoryHighWatermark = double.NaN },
        { "DiskFreeLimit is -0.5; allowed: 0 to 1000", options => options.DiskFreeLimit = -0.5 },
        {
            "MemoryMonitorInterval is 00:00:00; allowed: 100 to 600000 milliseconds",
            options => options.MemoryMonitorInterval = TimeSpan.Zero
        },
        {
            $"TotalMemoryBytes is 0; allowed: 1 to {long.MaxValue} bytes",
            options => options.TotalMemoryBytes = 0
        },
        { "Backlog is 0; allowed: 1 to 65535 connections", options => options.Backlog = 0 },
        { "SocketSendBufferBytes is 1; allowed: 1024 to 268435456 bytes", options => options.SocketSendBufferBytes = 1 },
        { "SocketReceiveBufferBytes is 1; allowed: 1024 to 268435456 bytes", options => options.SocketReceiveBufferBytes = 1 },
        { "Durability is 7; allowed: Fsync or Os", options => options.Durability = (HareDurability)7 },
        { "DataDirectory is ''; allowed: a path, or null", options => options.DataDirectory = "" },
        { "NodeName is ''; allowed: 1 to 255 bytes of UTF-8", options => options.NodeName = "" },
        { "DefaultUser is ''; allowed: 1 to 255 bytes of UTF-8", options => options.DefaultUser = "" },
        { "DefaultPassword is empty; a user without one could not log in", options => options.DefaultPassword = "" },
        { "DefaultPermissions.Write is '('; allowed: a regular expression", options => options.DefaultPermissions = new("", "(", "") },
        { "AuthMechanisms is empty; allowed: at least one of PLAIN, AMQPLAIN, EXTERNAL, ANONYMOUS", options => options.AuthMechanisms = [] },
        { "AuthMechanisms is 'MAGIC'; allowed: PLAIN, AMQPLAIN, EXTERNAL, ANONYMOUS", options => options.AuthMechanisms = ["PLAIN", "MAGIC"] },
        { "AnonymousLoginPassword is empty; nobody can log in without a password", options =>
            (options.AuthMechanisms, options.AnonymousLoginPassword) = (["ANONYMOUS"], "") },
        { "DefinitionsUrl is not usable; allowed: an https URL", options => options.DefinitionsUrl = new Uri("http://u:secret@a.example/") },
        { "DefinitionsTls.Depth is 256; allowed: 0 to 255 intermediate certificates", options =>
            (options.DefinitionsUrl, options.DefinitionsTls.Depth) = (new Uri("https://a.example/"), 256) },
        { "DefaultUsers.Name is ''; allowed: 1 to 255 bytes of UTF-8", options => options.DefaultUsers = [new HareDefaultUser("")] },
        { "DefaultUsers.Permissions is '('; allowed: regular expressions", options =>
            options.DefaultUsers = [new HareDefaultUser("a") { Permissions = new("", "", "(") }] },
        { "DefaultUsers: the password of 'a' is empty; nobody can log in with it", options =>
            options.DefaultUsers = [new HareDefaultUser("a") { Password = "" }] },
        { "DefaultOperatorPolicies: a pattern of 'p' is '('; allowed: a regular expression", options =>
            options.DefaultOperatorPolicies = [new HareDefaultPolicy("p", """{"expires":1}""") { QueuePattern = "(" }] },
        { "DefaultOperatorPolicies.Definition is null; allowed: not null", options =>
            options.DefaultOperatorPolicies = [new HareDefaultPolicy("p", null!)] },
        {
            "Listeners is 127.0.0.1:1 twice; allowed: each end point once",
            options => options.Listeners = [new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 1)]
        },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_range_is_named_with_its_value_and_what_is_allowed(string message, Action<HareBrokerOptions> spoil)
    {
        var options = new HareBrokerOptions();
        spoil(options);

        Assert.Equal(message, Assert.Throws<OptionsValidationException>(options.Validate).Message);
    }

    [Fact]
    public void A_virtual_host_name_is_measured_in_bytes_of_UTF8()
    {
        var options = new HareBrokerOptions { DefaultVirtualHost = new string('兔', 85) };
        options.Validate();

        options.DefaultVirtualHost += "!";

        Assert.Throws<OptionsValidationException>(options.Validate);
    }

    [Fact]
    public void Several_listeners_may_ask_for_any_free_port()
    {
        var options = new HareBrokerOptions { Listeners = [new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0)] };

        options.Validate();

        Assert.Equal(2, options.EffectiveListeners.Count);
    }
}
