using System.Text.Json;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Limits;
using HareMQ.Broker.Tests.Queues;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Limits;

public sealed class ClientSessionsTests : IAsyncLifetime
{
    private LifeBroker _broker = null!;

    private ClientSessions Sessions => _broker.Core.Sessions;

    public async ValueTask InitializeAsync() => _broker = await LifeBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_virtual_host_has_no_more_connections_than_it_may()
    {
        await LimitHostAsync(VirtualHostLimits.MaxConnectionsName, 2);
        var first = Open();
        Open("other");
        var error = Assert.Throws<ConnectionException>(() => Open());
        Assert.Equal(ReplyCode.NotAllowed, error.Code);
        Assert.EndsWith("access to vhost '/' refused for user 'guest': connection limit (2) is reached", error.Message);
        first.End();
        first.End();
        Open();
        Assert.Throws<ConnectionException>(() => Open());
    }

    [Fact]
    public async Task A_user_has_no_more_connections_than_it_may()
    {
        await LimitUserAsync(UserLimits.MaxConnectionsName, 1);
        Open();
        var error = Assert.Throws<ConnectionException>(() => Open());
        Assert.EndsWith("connection refused for user 'guest': user connection limit (1) is reached", error.Message);
        Open("other");
    }

    [Fact]
    public async Task A_user_has_no_more_channels_than_it_may_on_all_its_connections()
    {
        await LimitUserAsync(UserLimits.MaxChannelsName, 2);
        var (one, two) = (Open(), Open());
        one.OpenChannel();
        two.OpenChannel();
        var error = Assert.Throws<ConnectionException>(one.OpenChannel);
        Assert.EndsWith("number of channels opened for user 'guest' has reached the maximum allowed user limit of (2)", error.Message);
        two.CloseChannel();
        one.OpenChannel();
        Assert.Throws<ConnectionException>(two.OpenChannel);
        one.End();
        two.OpenChannel();
        two.OpenChannel();
    }

    [Theory]
    [InlineData(0L, false)]
    [InlineData(-1L, true)]
    [InlineData(null, true)]
    public async Task Zero_is_none_and_negative_is_no_limit(long? limit, bool isLetIn)
    {
        await LimitUserAsync(UserLimits.MaxConnectionsName, limit);
        if (isLetIn) Open();
        else Assert.Throws<ConnectionException>(() => Open());
    }

    [Fact]
    public async Task Of_many_that_come_at_once_as_many_are_let_in_as_may()
    {
        await LimitUserAsync(UserLimits.MaxConnectionsName, 7);
        for (var round = 0; round < 50; round++)
        {
            var sessions = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(TryOpen)));
            Assert.Equal(7, sessions.Count(session => session is not null));
            foreach (var session in sessions) session?.End();
        }
    }

    [Fact]
    public async Task A_virtual_host_has_no_more_queues_than_it_may()
    {
        await LimitHostAsync(VirtualHostLimits.MaxQueuesName, 2);
        var first = await _broker.DeclareAsync("q1");
        await _broker.DeclareAsync("q2");
        await _broker.DeclareAsync("q2");
        var error = await Assert.ThrowsAsync<ChannelException>(() => _broker.DeclareAsync("q3"));
        Assert.Equal(ReplyCode.PreconditionFailed, error.Code);
        Assert.EndsWith("cannot declare queue 'q3': queue limit in vhost '/' (2) is reached", error.Message);
        var deleting = _broker.VirtualHost.DeleteQueueAsync(first, ifUnused: false, ifEmpty: false);
        _broker.Run();
        await deleting;
        await _broker.DeclareAsync("q3");
    }

    [Fact]
    public async Task Limits_are_there_after_a_restart_and_those_cleared_are_not()
    {
        await LimitHostAsync(VirtualHostLimits.MaxConnectionsName, 3);
        await LimitHostAsync(VirtualHostLimits.MaxQueuesName, 4);
        await LimitHostAsync(VirtualHostLimits.MaxConnectionsName, null);
        await LimitUserAsync(UserLimits.MaxChannelsName, 5);
        await _broker.RestartAsync();
        Assert.Equal(new VirtualHostLimits(null, 4), _broker.VirtualHost.Limits);
        Assert.Equal(new UserLimits(null, 5), Sessions.Limits["guest"]);
        await LimitUserAsync(UserLimits.MaxChannelsName, null);
        await _broker.RestartAsync();
        Assert.Empty(Sessions.Limits);
    }

    [Fact]
    public async Task Limits_go_with_their_user_and_virtual_host()
    {
        await LimitUserAsync(UserLimits.MaxConnectionsName, 0);
        Assert.True(await _broker.Core.DeleteUserAsync("guest"));
        Assert.Empty(Sessions.Limits);
        await LimitHostAsync(VirtualHostLimits.MaxQueuesName, 0);
        await _broker.Core.DeleteVirtualHostAsync("/");
        await _broker.Core.AddVirtualHostAsync("/");
        Assert.Equal(VirtualHostLimits.None, _broker.VirtualHost.Limits);
        await _broker.RestartAsync();
        Assert.Equal(VirtualHostLimits.None, _broker.VirtualHost.Limits);
        Assert.Empty(Sessions.Limits);
    }

    [Fact]
    public async Task Nobody_has_limits_who_is_not_there()
    {
        Assert.False(await _broker.Core.ChangeLimitsOfUserAsync("nobody", limits => limits));
        Assert.False(await _broker.Core.ChangeLimitsOfVirtualHostAsync("nowhere", limits => limits));
    }

    [Theory]
    [InlineData("""{"max-queue":1}""", "Unrecognised terms [{<<\"max-queue\">>,1}] in limits")]
    [InlineData("""{"max-queues":"x"}""", "max-queues should be a number, actually was <<\"x\">>")]
    [InlineData("[1]", "limits must be a dictionary: [1]")]
    public void What_a_limit_cannot_be_is_refused_in_the_words_of_RabbitMQ(string json, string text) =>
        Assert.Equal(text, Assert.Throws<InvalidDefinitionException>(() => VirtualHostLimits.Read(Json(json))).Message);

    [Fact]
    public void Limits_are_read_from_what_the_http_api_takes()
    {
        Assert.Equal(new VirtualHostLimits(1, -1), VirtualHostLimits.Read(Json("""{"max-connections":1,"max-queues":-1}""")));
        Assert.Equal(new UserLimits(1, 2), UserLimits.Read(Json("""{"max-connections":1,"max-channels":2}""")));
        var error = Assert.Throws<InvalidDefinitionException>(() => UserLimits.Read(Json("""{"max-queues":1}""")));
        Assert.Equal("Unrecognised terms [{<<\"max-queues\">>,1}] in user-limits", error.Message);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private ClientSession Open(string user = "guest") => Sessions.Open(_broker.VirtualHost, user);

    private ClientSession? TryOpen()
    {
        try
        {
            return Open();
        }
        catch (ConnectionException)
        {
            return null;
        }
    }

    private async Task LimitHostAsync(string name, long? value) =>
        Assert.True(await _broker.Core.ChangeLimitsOfVirtualHostAsync("/", limits => limits.With(name, value)));

    private async Task LimitUserAsync(string name, long? value) =>
        Assert.True(await _broker.Core.ChangeLimitsOfUserAsync("guest", limits => limits.With(name, value)));
}
