using System.Text;
using HareMQ.Conformance.Harness;

namespace HareMQ.Conformance.Administration;

/// <summary>Limits of a virtual host and of a user that belong to the test.</summary>
public abstract class Limits(BrokerFixture broker) : ConformanceTest(broker)
{
    private readonly List<Func<Task>> _cleanUps = [];
    private string _name = "";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var cleanUp in _cleanUps) await cleanUp();
    }

    [Fact]
    public async Task Connection_above_the_limit_of_its_vhost_is_530()
    {
        var (handshake, first) = await FillAsync(VhostAsync, () => HostIsFull(1));
        await CloseAsync(first);
        await OpenAgainAsync(handshake);
    }

    [Fact]
    public async Task Limit_of_zero_lets_nobody_in()
    {
        var handshake = await VhostAsync("""{"max-connections":0}""");
        Assert.Equal($"530 {HostIsFull(0)}", await ConnectAsync(handshake));
        await Administration.SetVhostLimitAsync(_name, """{"max-connections":-1}""");
        await OpenWireAsync(handshake);
    }

    [Fact]
    public async Task Queue_above_the_limit_of_its_vhost_is_406()
    {
        var wire = await OpenWireChannelAsync(await VhostAsync("""{"max-queues":1}"""));
        await wire.SendAsync(WireClient.QueueDeclare(1, "q"), WireClient.QueueDeclare(1, "q"), WireClient.QueueDeclare(1, "other"));
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
        await wire.ExpectAsync(MethodId.QueueDeclareOk, 1);
        var close = await wire.ExpectChannelCloseAsync(1);
        Assert.Equal(406, close.Code);
        Assert.Equal($"PRECONDITION_FAILED - cannot declare queue 'other': queue limit in vhost '{_name}' (1) is reached", close.Text);
    }

    [Fact]
    public async Task Connection_above_the_limit_of_its_user_is_530()
    {
        var (handshake, first) = await FillAsync(
            UserAsync, () => $"NOT_ALLOWED - connection refused for user '{_name}': user connection limit (1) is reached");
        await CloseAsync(first);
        await OpenAgainAsync(handshake);
    }

    [Fact]
    public async Task Channel_above_the_limit_of_its_user_is_530()
    {
        var handshake = await UserAsync("""{"max-channels":1}""");
        await OpenWireChannelAsync(handshake);
        await Eventually.Equal(
            $"530 NOT_ALLOWED - number of channels opened for user '{_name}' has reached the maximum allowed user limit of (1)",
            () => OpenChannelAsync(handshake));
    }

    private string HostIsFull(int limit) =>
        $"NOT_ALLOWED - access to vhost '{_name}' refused for user 'guest': connection limit ({limit}) is reached";

    private async Task<WireHandshake> VhostAsync(string limits)
    {
        var name = NewName();
        await Administration.AddVhostAsync(name);
        _cleanUps.Add(() => Administration.DeleteVhostAsync(name));
        await Administration.SetVhostLimitAsync(_name, limits);
        return new WireHandshake { VirtualHost = _name };
    }

    private async Task<WireHandshake> UserAsync(string limits)
    {
        var name = NewName();
        await Administration.AddUserAsync(name);
        _cleanUps.Add(() => Administration.DeleteUserAsync(name));
        await Administration.SetUserLimitAsync(_name, limits);
        return new WireHandshake { Response = Encoding.UTF8.GetBytes($"\0{_name}\0{_name}") };
    }

    private string NewName() => _name = $"limited-{Guid.NewGuid():N}";

    /// <summary>
    /// Opens the one connection that the limit allows, and sees the next one refused. RabbitMQ counts a connection in a process of its own, a
    /// little later than it answers, and one that closes before it was counted stays in the count for good: so whoever was let in too early
    /// ends the attempt, and the next one has a virtual host or user of its own.
    /// </summary>
    private async Task<(WireHandshake Handshake, WireClient First)> FillAsync(Func<string, Task<WireHandshake>> limit, Func<string> refusal)
    {
        (WireHandshake Handshake, WireClient First) filled = default;
        await Eventually.Equal("refused", async () =>
        {
            var handshake = await limit("""{"max-connections":1}""");
            filled = (handshake, await OpenWireAsync(handshake));
            var answer = await ConnectAsync(handshake);
            return answer == $"530 {refusal()}" ? "refused" : answer;
        });
        return filled;
    }

    private Task OpenAgainAsync(WireHandshake handshake) => Eventually.Equal("open", () => ConnectAsync(handshake));

    private async Task<string> ConnectAsync(WireHandshake handshake)
    {
        await using var wire = await WireClient.ConnectAsync(Broker.Uri);
        await wire.TuneAsync(handshake);
        await wire.SendAsync(handshake.Open());
        return await AnswerAsync(wire, MethodId.ConnectionOpenOk);
    }

    private async Task<string> OpenChannelAsync(WireHandshake handshake)
    {
        await using var wire = await WireClient.OpenAsync(Broker.Uri, handshake);
        await wire.SendMethodAsync(1, MethodId.ChannelOpen, arguments => arguments.ShortString(""));
        return await AnswerAsync(wire, MethodId.ChannelOpenOk);
    }

    private static async Task<string> AnswerAsync(WireClient wire, MethodId success)
    {
        var frame = (await wire.ReadFrameAsync())!;
        if (frame.MethodId == success) return "open";
        var arguments = frame.Arguments();
        return $"{arguments.Short()} {arguments.ShortString()}";
    }

    /// <summary>With its socket: RabbitMQ counts a connection until that is closed, or 30 s have passed.</summary>
    private static async Task CloseAsync(WireClient wire)
    {
        await wire.SendMethodAsync(0, MethodId.ConnectionClose, arguments => arguments.Short(200).ShortString("bye").Short(0).Short(0));
        await wire.ExpectAsync(MethodId.ConnectionCloseOk);
        await wire.DisposeAsync();
    }
}

public sealed class LimitsOnRabbitMq(RabbitMqFixture broker) : Limits(broker);

public sealed class LimitsOnHareMq(HareMqFixture broker) : Limits(broker);
