using HareMQ.Broker.Messages;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Publishing;

/// <summary>
/// A publish whose content arrives over several reads. Memory grows with what has arrived, not with what was announced, until so much is there
/// that the rest is believed. The body lies behind room for the head of its record, so that it can become one where it is.
/// </summary>
internal sealed class ContentAssembly(byte[] publishArguments)
{
    private const int FirstBytes = 64 * 1024;

    /// <summary>Once this part of the announced body has arrived, there is room for all of it.</summary>
    private const int BelievedShare = 8;

    /// <summary>Properties may become longer on their way into the record.</summary>
    private const int PropertiesGrowthMax = 1024;

    private byte[]? _properties;
    private byte[] _buffer = [];
    private int _arrived;
    private int _bodyBytes;

    public ReadOnlySpan<byte> PublishArguments => publishArguments;

    public bool HasHeader => _properties is not null;

    public bool IsComplete => HasHeader && _arrived == _bodyBytes;

    public ReadOnlySpan<byte> Body => _buffer.AsSpan(BodyAt, _arrived);

    public ContentHeader Header => new(BasicPublish.ClassId, (ulong)_bodyBytes, _properties);

    /// <summary>Holds <see cref="Body"/> from <see cref="BodyAt"/> on; what is before it may be overwritten.</summary>
    public byte[] Buffer => _buffer;

    public int BodyAt { get; private set; }

    /// <param name="header">Announces no more than a message may have.</param>
    public void AddHeader(ContentHeader header)
    {
        if (header.ClassId != BasicPublish.ClassId) throw AmqpErrors.ExpectedHeader(BasicPublish.ClassId, header.ClassId);
        _properties = header.Properties.ToArray();
        _bodyBytes = checked((int)header.BodyBytes);
        BodyAt = PublishBatch.HeadBytesMax + _properties.Length + PropertiesGrowthMax;
        _buffer = GC.AllocateUninitializedArray<byte>(BodyAt + Math.Min(_bodyBytes, FirstBytes));
    }

    public void AddBody(ReadOnlySpan<byte> payload)
    {
        var left = _bodyBytes - _arrived;
        if (payload.Length > left) throw AmqpErrors.BodyTooLong(payload.Length, (ulong)left);
        if (_buffer.Length - BodyAt - _arrived < payload.Length) Grow(_arrived + payload.Length);
        payload.CopyTo(_buffer.AsSpan(BodyAt + _arrived));
        _arrived += payload.Length;
    }

    private void Grow(int needed)
    {
        var room = needed >= _bodyBytes / BelievedShare ? _bodyBytes : Math.Max(needed, 2 * (_buffer.Length - BodyAt));
        var grown = GC.AllocateUninitializedArray<byte>(BodyAt + room);
        Body.CopyTo(grown.AsSpan(BodyAt));
        _buffer = grown;
    }
}
