using System.Buffers;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Publishing;

/// <summary>A publish whose content arrives over several reads. Memory grows with what has arrived, not with what was announced.</summary>
internal sealed class ContentAssembly(byte[] publishArguments)
{
    private readonly ArrayBufferWriter<byte> _body = new();
    private byte[]? _properties;
    private ulong _bodyBytes;

    public ReadOnlySpan<byte> PublishArguments => publishArguments;

    public bool HasHeader => _properties is not null;

    public bool IsComplete => HasHeader && (ulong)_body.WrittenCount == _bodyBytes;

    public ReadOnlySpan<byte> Body => _body.WrittenSpan;

    public ContentHeader Header => new(BasicPublish.ClassId, _bodyBytes, _properties);

    public void AddHeader(ContentHeader header)
    {
        if (header.ClassId != BasicPublish.ClassId) throw AmqpErrors.ExpectedHeader(BasicPublish.ClassId, header.ClassId);
        _properties = header.Properties.ToArray();
        _bodyBytes = header.BodyBytes;
    }

    public void AddBody(ReadOnlySpan<byte> payload)
    {
        var left = _bodyBytes - (ulong)_body.WrittenCount;
        if ((ulong)payload.Length > left) throw AmqpErrors.BodyTooLong(payload.Length, left);
        _body.Write(payload);
    }
}
