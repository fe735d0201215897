using HareMQ.Simulation.Model;
using HareMQ.Testing.Wire;

namespace HareMQ.Simulation.Clients;

/// <summary>A channel: requests and their answers, contents and their frames.</summary>
internal abstract class ClientChannel(Client client, ushort number)
{
    private readonly Queue<(MethodId Method, Action<WireReader> Then)> _answers = new();
    private WireFrame? _contentMethod;
    private byte[] _body = [];
    private int _bodyFilled = -1;

    public Client Client => client;

    public ushort Number => number;

    public bool IsOpen { get; private set; }

    public bool IsClosing { get; private set; }

    /// <summary>May be used for something new.</summary>
    public bool IsReady => IsOpen && !IsClosing && client.IsOpen;

    public bool AwaitsAnswer => _answers.Count > 0;

    public void Open()
    {
        IsClosing = false;
        Ask(WireWriter.Method(number, MethodId.ChannelOpen, arguments => arguments.ShortString("")), MethodId.ChannelOpenOk, _ =>
        {
            IsOpen = true;
            OnOpen();
        });
    }

    /// <summary>Closes it and opens it anew.</summary>
    public void Reopen()
    {
        IsClosing = true;
        OnClosing();
        var close = WireWriter.Method(number, MethodId.ChannelClose, arguments => arguments.Short(200).ShortString("").Short(0).Short(0));
        Ask(close, MethodId.ChannelCloseOk, _ =>
        {
            OnClosed();
            IsOpen = false;
            Open();
        });
    }

    /// <summary>The broker has noticed that the connection is gone.</summary>
    public void ServerEnded() => OnClosed();

    public void Ask(byte[] request, MethodId answer, Action<WireReader>? then = null)
    {
        client.Send(request);
        Expect(answer, then);
    }

    public void Expect(MethodId answer, Action<WireReader>? then = null) => _answers.Enqueue((answer, then ?? (_ => { })));

    /// <summary>The connection is gone.</summary>
    public void End()
    {
        if (IsOpen && !IsClosing) OnClosing();
        IsOpen = false;
        _answers.Clear();
    }

    public void OnFrame(WireFrame frame)
    {
        if (frame.Type == WireFrame.Method) OnMethod(frame);
        else if (frame.Type == WireFrame.Header) OnHeader(frame);
        else OnBody(frame);
    }

    protected abstract void OnOpen();

    /// <summary>What was out on this channel goes back; what was not answered never will be.</summary>
    protected abstract void OnClosing();

    /// <summary>Closed at the other end, too.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>The broker has a good reason to close the channel with that code.</summary>
    protected virtual bool Explains(ushort code) => false;

    /// <summary>It is closed; nothing waits for an answer any more.</summary>
    protected virtual void OnClosedByServer(ushort code)
    {
    }

    protected virtual void OnContent(MethodId method, WireReader arguments, ReadOnlySpan<byte> body) => throw Unexpected($"content of {method}");

    /// <returns>False when it means nothing here.</returns>
    protected virtual bool OnEvent(MethodId method, WireReader arguments) => false;

    protected BrokenPromiseException Unexpected(string what) => new($"Channel {number} of {client.Name} gets {what}.");

    private void OnMethod(WireFrame frame)
    {
        var method = frame.MethodId;
        if (_bodyFilled >= 0 || _contentMethod is not null) throw Unexpected($"{frame} inside of a content");
        if (method == MethodId.BasicDeliver || method == MethodId.BasicGetOk || method == MethodId.BasicReturn)
        {
            _contentMethod = frame;
            return;
        }

        if (method == MethodId.ChannelClose)
        {
            var arguments = frame.Arguments();
            var code = arguments.Short();
            if (!Explains(code)) client.ExplainClose($"channel {number}, {code} {arguments.ShortString()}");
            client.Send(WireWriter.Method(number, MethodId.ChannelCloseOk));
            // Both sides close at once: then our own close is answered, too.
            if (IsClosing) return;
            OnClosing();
            OnClosed();
            IsOpen = false;
            _answers.Clear();
            OnClosedByServer(code);
            return;
        }

        if (!IsClosing && OnEvent(method, frame.Arguments())) return;
        if (_answers.TryPeek(out var answer) && answer.Method == method)
        {
            _answers.Dequeue();
            if (!IsClosing || method == MethodId.ChannelCloseOk) answer.Then(frame.Arguments());
        }
        else if (!IsClosing)
        {
            throw Unexpected($"{frame}, which nobody asked for");
        }
    }

    private void OnHeader(WireFrame frame)
    {
        if (_contentMethod is null || _bodyFilled >= 0) throw Unexpected("a header out of place");
        var bytes = (int)new WireReader(frame.Payload.AsMemory(4)).LongLong();
        _body = new byte[bytes];
        _bodyFilled = 0;
        CompleteContent();
    }

    private void OnBody(WireFrame frame)
    {
        if (_bodyFilled < 0) throw Unexpected("a body out of place");
        frame.Payload.CopyTo(_body, _bodyFilled);
        _bodyFilled += frame.Payload.Length;
        CompleteContent();
    }

    private void CompleteContent()
    {
        if (_bodyFilled < _body.Length) return;
        var method = _contentMethod!;
        _contentMethod = null;
        _bodyFilled = -1;
        if (!IsClosing) OnContent(method.MethodId, method.Arguments(), _body);
    }
}
