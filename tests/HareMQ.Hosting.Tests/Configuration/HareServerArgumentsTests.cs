using System.Net;

namespace HareMQ.Hosting.Tests;

public sealed class HareServerArgumentsTests
{
    [Fact]
    public void Without_anything_the_defaults_run()
    {
        var arguments = Accept([], []);

        Assert.Equal(ServerCommand.Run, arguments.Command);
        Assert.Equal("haremq-data", arguments.Broker.DataDirectory);
        Assert.Empty(arguments.Files);
        Assert.Empty(arguments.Warnings);
    }

    [Fact]
    public void Command_line_wins_over_environment_and_environment_over_file()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("haremq.conf", "heartbeat = 1", "channel_max = 1", "frame_max = 8192", "num_acceptors.tcp = 10");
        var fragment = directory.Write("conf.d/more.conf", "frame_max = 16384");

        var arguments = Accept(
            ["--config", file, "--set", "heartbeat=3", "--data-dir=/srv/a=b"],
            new() { ["HAREMQ_HEARTBEAT"] = "2", ["HAREMQ_CHANNEL_MAX"] = "2" });

        Assert.Equal(3, arguments.Broker.HeartbeatSeconds);
        Assert.Equal(2, arguments.Broker.ChannelMax);
        Assert.Equal(16384, arguments.Broker.FrameMaxBytes);
        Assert.Equal("/srv/a=b", arguments.Broker.DataDirectory);
        Assert.Equal([file, fragment], arguments.Files);
        Assert.Equal([$"{file}:4: num_acceptors.tcp has no meaning for HareMQ and is ignored"], arguments.Warnings);
    }

    [Fact]
    public void The_file_is_the_named_one_or_else_the_environments_or_else_the_first_that_exists()
    {
        using var directory = new TemporaryDirectory();
        var named = directory.Write("named/a.conf", "heartbeat = 1");
        var environment = new Dictionary<string, string> { ["HAREMQ_CONFIG_FILE"] = directory.Write("env/b.conf", "heartbeat = 2") };
        string[] defaults = [Path.Combine(directory.Path, "missing.conf"), directory.Write("etc/c.conf", "heartbeat = 3")];

        Assert.Equal(1, Accept(["--config", named], environment, defaults).Broker.HeartbeatSeconds);
        Assert.Equal(2, Accept([], environment, defaults).Broker.HeartbeatSeconds);
        Assert.Equal(3, Accept([], [], defaults).Broker.HeartbeatSeconds);
    }

    [Fact]
    public void A_named_file_must_exist() =>
        Assert.Contains("/nonexistent/h.conf: cannot be read: ", Refuse(["--config", "/nonexistent/h.conf"], []));

    [Fact]
    public void Container_variables_of_RabbitMQ_are_understood_and_HareMQs_own_win()
    {
        var broker = Accept([], new()
        {
            ["RABBITMQ_DEFAULT_USER"] = "alice",
            ["RABBITMQ_DEFAULT_PASS"] = "secret",
            ["RABBITMQ_DEFAULT_VHOST"] = "orders",
            ["RABBITMQ_NODE_PORT"] = "5673",
            ["RABBITMQ_NODENAME"] = "hare@box",
            ["RABBITMQ_ERLANG_COOKIE"] = "unused",
            ["HAREMQ_DEFAULT_USER"] = "bob",
            ["HAREMQ_LISTENERS__TCP__2"] = "127.0.0.1:5674",
        }).Broker;

        Assert.Equal("bob", broker.DefaultUser);
        Assert.Equal("secret", broker.DefaultPassword);
        Assert.Equal("orders", broker.DefaultVirtualHost);
        Assert.Equal("hare@box", broker.NodeName);
        Assert.Equal([5673, 5674], broker.EffectiveListeners.Select(listener => listener.Port));
    }

    [Fact]
    public void Variables_that_Kubernetes_sets_for_a_service_called_haremq_are_no_settings()
    {
        var arguments = Accept([], new()
        {
            ["HAREMQ_PORT"] = "tcp://10.0.0.7:5672",
            ["HAREMQ_PORT_5672_TCP"] = "tcp://10.0.0.7:5672",
            ["HAREMQ_PORT_5672_TCP_ADDR"] = "10.0.0.7",
            ["HAREMQ_SERVICE_HOST"] = "10.0.0.7",
            ["HAREMQ_SERVICE_PORT_AMQP"] = "5672",
            ["HAREMQ_HEADLESS_SERVICE_HOST"] = "10.0.0.7",
            ["HAREMQ_TEST_RABBITMQ_URL"] = "amqp://127.0.0.1:5690/",
            ["HAREMQ_HEARTBEAT"] = "",
        });

        Assert.Equal(60, arguments.Broker.HeartbeatSeconds);
    }

    [Fact]
    public void A_variable_with_an_unknown_key_is_an_error_that_names_it() =>
        Assert.Equal(
            "environment variable HAREMQ_HEARTBEET: unknown key 'heartbeet'; did you mean 'heartbeat'?",
            Refuse([], new() { ["HAREMQ_HEARTBEET"] = "1" }));

    [Fact]
    public void Any_free_loopback_port_can_be_asked_for() =>
        Assert.Equal(
            [new IPEndPoint(IPAddress.Loopback, 0)],
            Accept(["--set", "listeners.tcp.default=127.0.0.1:0"], []).Broker.EffectiveListeners);

    [Fact]
    public void Help_and_version_need_no_valid_configuration()
    {
        Assert.Equal(ServerCommand.Version, Accept(["--version", "--config", "/nonexistent"], []).Command);
        Assert.Equal(ServerCommand.Help, Accept(["--version", "--help", "--set", "no=thing"], []).Command);
        Assert.Equal(ServerCommand.Help, Accept(["-h"], []).Command);
    }

    [Fact]
    public void Check_config_reads_everything()
    {
        Assert.Equal(ServerCommand.CheckConfig, Accept(["--check-config"], []).Command);
        Assert.Equal("--set: durability: 'x' is not usable; expected: fsync, os", Refuse(["--check-config", "--set=durability=x"], []));
    }

    [Theory]
    [InlineData("unknown option '--confg'; did you mean '--config'?", "--confg", "a")]
    [InlineData("unknown option '--datadir'; did you mean '--data-dir'?", "--datadir=x")]
    [InlineData("unknown option '--port'; haremq --help lists the options", "--port=1")]
    [InlineData("unexpected argument 'start'; haremq --help lists the options", "start")]
    [InlineData("--config needs a value", "--config")]
    [InlineData("--data-dir needs a value", "--data-dir=")]
    [InlineData("--version takes no value", "--version=2")]
    [InlineData("--set: expected KEY=VALUE, found 'heartbeat'", "--set", "heartbeat")]
    [InlineData("Listeners is 127.0.0.1:1 twice; allowed: each end point once",
        "--set", "listeners.tcp.1=127.0.0.1:1", "--set", "listeners.tcp.2=127.0.0.1:1")]
    public void A_bad_command_line_is_one_clear_error(string message, params string[] args) => Assert.Equal(message, Refuse(args, []));

    [Fact]
    public void The_help_names_every_option()
    {
        foreach (var flag in new[] { "--config", "--data-dir", "--set", "--check-config", "--version", "--help" })
            Assert.Contains($"\n  {flag} ", CommandLine.Help);
    }

    private static HareServerArguments Accept(string[] args, Dictionary<string, string> environment, params string[] defaultFiles)
    {
        Assert.True(HareServerArguments.TryParse(args, environment, defaultFiles, out var arguments, out var error), error);
        return arguments;
    }

    private static string Refuse(string[] args, Dictionary<string, string> environment)
    {
        Assert.False(HareServerArguments.TryParse(args, environment, [], out _, out var error));
        return error;
    }
}
