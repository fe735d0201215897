using System.Net;
using System.Text;
using HareMQ.Broker.Access;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

internal sealed partial class AmqpConnection
{
    /// <summary>The mechanism by which the client's certificate, and no password, says who it is.</summary>
    private const string External = "EXTERNAL";

    /// <summary>The mechanism by which the client says nothing, or leaves a trace (RFC 4505): the configuration says who it is.</summary>
    private const string Anonymous = "ANONYMOUS";

    /// <summary>A refused login of a client that wants no explanation: it waits, so that guessing is slow.</summary>
    private static readonly TimeSpan s_refusedLoginDelay = TimeSpan.FromSeconds(3);

    public string UserName { get; private set; } = "";

    /// <summary>The mechanism of the login, for listings; empty before it.</summary>
    public string AuthMechanism { get; private set; } = "";

    /// <summary>EXTERNAL needs a certificate that was verified.</summary>
    private bool Offers(string mechanism) => mechanism != External || Tls?.Peer is not null;

    private ValueTask OnStartOk(ConnectionStartOk startOk)
    {
        ClientProperties = startOk.ClientProperties.IsEmpty ? FieldTable.Empty : FieldTable.FromEncoded(startOk.ClientProperties);
        ReadCapabilities();
        var mechanism = Text(startOk.Mechanism);
        var options = _server.Options;
        if (!options.AuthMechanisms.Contains(mechanism) || !Offers(mechanism)) throw AmqpErrors.UnknownMechanism(mechanism);
        AuthMechanism = mechanism;
        var (user, password) = ReadLogin(mechanism, startOk.Response, options);
        var delay = _server.LoginBackOff.DelayOf(Peer, user);
        return delay == TimeSpan.Zero ? AnswerLoginAsync(user, password) : AnswerLoginLaterAsync(user, password, delay);
    }

    /// <returns>Without a password: the client's certificate takes its place.</returns>
    private (string User, ReadOnlyMemory<byte>? Password) ReadLogin(string mechanism, ReadOnlySpan<byte> response, AmqpServerOptions options) =>
        mechanism switch
        {
            // A bare null would become an empty password.
            External => (Tls!.Peer!.LoginName ?? "", default(ReadOnlyMemory<byte>?)),
            Anonymous => (options.AnonymousUser, options.AnonymousPassword),
            "PLAIN" => SaslResponse.ReadPlain(response),
            _ => SaslResponse.ReadAmqPlain(response),
        };

    private async ValueTask AnswerLoginLaterAsync(string user, ReadOnlyMemory<byte>? password, TimeSpan delay)
    {
        AmqpLog.LoginDelayed(Logger, user, Peer, delay.TotalSeconds);
        await Task.Delay(delay, _server.Time, _server.Stopping);
        await AnswerLoginAsync(user, password);
    }

    private async ValueTask AnswerLoginAsync(string user, ReadOnlyMemory<byte>? password)
    {
        var authenticator = _server.Core.Authenticator;
        var result = password is { } secret
            ? await authenticator.AuthenticateAsync(user, secret, IsLoopback(Peer))
            : authenticator.AuthenticateExternal(user, IsLoopback(Peer));
        _server.Core.AmqpLogins.Count((Peer as IPEndPoint)?.Address, result.Succeeded ? result.User.Name : user, result.Succeeded);
        if (!result.Succeeded)
        {
            _server.LoginBackOff.Failed(Peer, user);
            AmqpLog.LoginRefused(Logger, user, Peer, result.Reason);
            AuditLog.LoginRefused(_server.Core.Audit, user, Peer, "AMQP", result.Reason);
            TellLogin(user, $"user '{user}' - {Reason(result.Outcome)}");
            await RefuseLoginAsync(AuthMechanism);
            return;
        }

        _server.LoginBackOff.Succeeded(user);
        // A token says itself whose it is, whatever name came with it.
        UserName = result.User.Name;
        UserUtf8 = Encoding.UTF8.GetBytes(UserName);
        TakeToken(result);
        TellLogin(UserName, error: null);
        // Kept: the answer is judged by what was offered, whatever is configured meanwhile.
        var options = _offered = _server.Options;
        Writer.Write(0, new ConnectionTune((ushort)options.ChannelMax, (uint)options.FrameMaxBytes, (ushort)options.HeartbeatSeconds));
        _state = ConnectionState.Tuning;
    }

    private static string Reason(AuthenticationOutcome outcome) =>
        outcome == AuthenticationOutcome.LoopbackOnly ? "can only connect via localhost" : "invalid credentials";

    private async ValueTask RefuseLoginAsync(string mechanism)
    {
        if (_clientWantsFailureClose) throw AccessErrors.LoginRefused(mechanism);
        await Task.Delay(s_refusedLoginDelay, _server.Time);
        _abortExplained = true;
        _state = ConnectionState.Closed;
    }

    private static bool IsLoopback(EndPoint? peer) => peer switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address),
        // In-process and Unix-socket peers are on this machine by nature.
        _ => true,
    };
}
