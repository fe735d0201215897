using System.Text;
using HareMQ.Amqp.Publishing;
using HareMQ.Amqp.Transport.Tls;
using HareMQ.Broker.Access;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

internal sealed partial class AmqpConnection
{
    /// <summary>The specification's minimum; older clients ask for it.</summary>
    private const uint FrameBytesMin = 4096;

    private uint _frameLimitBytes;
    private AmqpServerOptions? _offered;
    private bool _clientWantsFailureClose;

    /// <summary>Largest frame either side sends, header and end octet included.</summary>
    public int FrameMaxBytes { get; private set; }

    public bool ClientWantsCancelNotify { get; private set; }

    /// <summary>What the client says about itself.</summary>
    public FieldTable ClientProperties { get; private set; } = FieldTable.Empty;

    /// <summary>Takes the protocol header.</summary>
    /// <returns>False when more bytes are needed.</returns>
    private bool TryStart(ReadOnlySpan<byte> unread)
    {
        if (!ProtocolHeader.TryRead(unread, out var accepted)) return false;
        if (!accepted)
        {
            AmqpLog.WrongProtocol(Logger, Id, Peer);
            _buffer.Consume(unread.Length);
            Writer.WriteRaw(ProtocolHeader.Answer);
            _abortExplained = true;
            _state = ConnectionState.Closed;
            return true;
        }

        _buffer.Consume(ProtocolHeader.Bytes);
        var mechanisms = Encoding.UTF8.GetBytes(string.Join(' ', _server.Options.AuthMechanisms.Where(Offers)));
        Writer.Write(0, new ConnectionStart(0, 9, _server.ServerProperties.Encoded.Span, mechanisms, "en_US"u8));
        _state = ConnectionState.Starting;
        return true;
    }

    private ValueTask HandleConnectionMethod(AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        if (method == AmqpMethod.ConnectionCloseOk && _state is ConnectionState.Closing or ConnectionState.Discarding)
        {
            _state = ConnectionState.Closed;
            return default;
        }

        if (method == AmqpMethod.ConnectionClose && _state != ConnectionState.Closed)
        {
            ConnectionClose.Read(arguments);
            return CloseByClientAsync();
        }

        switch (_state)
        {
            case ConnectionState.Starting when method == AmqpMethod.ConnectionStartOk:
                return OnStartOk(ConnectionStartOk.Read(arguments));
            case ConnectionState.Tuning when method == AmqpMethod.ConnectionTuneOk:
                OnTuneOk(ConnectionTuneOk.Read(arguments));
                return default;
            case ConnectionState.Opening when method == AmqpMethod.ConnectionOpen:
                OnOpen(Text(ConnectionOpen.Read(arguments).VirtualHost));
                return default;
            case ConnectionState.Running when method == AmqpMethod.ConnectionUpdateSecret:
                return RenewTokenAsync(ConnectionUpdateSecret.Read(arguments).NewSecret.ToArray());
            case ConnectionState.Closing or ConnectionState.Closed:
                return default;
            default:
                throw AmqpErrors.UnexpectedMethodInState(_state.ToString().ToLowerInvariant());
        }
    }

    private void OnTuneOk(ConnectionTuneOk tuneOk)
    {
        var options = _offered!;
        CheckTuned("frame_max", tuneOk.FrameMax, FrameBytesMin, (uint)options.FrameMaxBytes);
        CheckTuned("channel_max", tuneOk.ChannelMax, 1, (uint)options.ChannelMax);
        FrameMaxBytes = tuneOk.FrameMax == 0 ? options.FrameMaxBytes : (int)tuneOk.FrameMax;
        // A server without a limit still reads frames into memory: this one bounds them at its own largest message.
        if (FrameMaxBytes == 0) FrameMaxBytes = int.MaxValue / 4;
        _frameLimitBytes = (uint)FrameMaxBytes;
        _channelMax = tuneOk.ChannelMax;
        HeartbeatSeconds = tuneOk.Heartbeat;
        _state = ConnectionState.Opening;
    }

    private static void CheckTuned(string name, uint value, uint min, uint max)
    {
        if (value != 0 && value < min) throw AmqpErrors.TuneTooLow(name, value, min);
        if (max != 0 && (value == 0 || value > max)) throw AmqpErrors.TuneTooHigh(name, value, max);
    }

    private void OnOpen(string name)
    {
        if (!_server.Core.TryGetVirtualHost(name, out var virtualHost)) throw AccessErrors.VirtualHostNotFound(name);
        if (!(_rights?.MayAccess(name) ?? Access.MayAccess(UserName, name))) throw AccessErrors.VirtualHostRefused(name, UserName);
        if (_server.Options.ConnectionsMax is { } max && _server.ConnectionCount > max) throw AmqpErrors.NodeConnectionLimit(max);
        _session = _server.Core.Sessions.Open(virtualHost, UserName);
        _virtualHost = virtualHost;
        _authorizer = new Authorizer(Access, UserName, name, Logger, _rights);
        _routes = new RouteCache(virtualHost.Topology, Access);
        Writer.Write(0, new ConnectionOpenOk(default));
        _state = ConnectionState.Running;
        _server.Core.Churn.ConnectionCreated();
        AmqpLog.Opened(Logger, Id, Peer, UserName, name, ClientName);
        if (Tls is { } tls) TlsLog.Encrypted(Logger, Id, tls);
        TellOpened();
    }

    /// <summary>The name the client gave its connection; empty if none.</summary>
    public string ClientName => ClientProperties.TryGet("connection_name", out var name) && name.TryGetString(out var text) ? text : "";

    private void ReadCapabilities()
    {
        if (!ClientProperties.TryGet("capabilities", out var value) || value.Type != FieldType.Table) return;
        var capabilities = value.AsTable();
        _clientWantsFailureClose = Has("authentication_failure_close");
        ClientWantsCancelNotify = Has("consumer_cancel_notify");
        _clientWantsBlocked = Has("connection.blocked");

        bool Has(string name) => capabilities.TryGet(name, out var flag) && flag.TryGetBoolean(out var on) && on;
    }
}
