namespace HareMQ.Broker.Statistics;

/// <summary>
/// What has happened to messages since a queue, a channel or a virtual host began. Written by one owner at a time, read by anybody: whole
/// values, which may belong to slightly different moments.
/// </summary>
internal sealed class MessageCounts : Sampled
{
    public long Publish;
    public long Confirm;
    public long ReturnUnroutable;
    public long DropUnroutable;

    /// <summary>Published on a channel that confirms.</summary>
    public long PublishConfirm;

    /// <summary>Once per queue that a message was routed to.</summary>
    public long Routed;

    /// <summary>To consumers that acknowledge.</summary>
    public long Deliver;

    /// <summary>To consumers that do not acknowledge.</summary>
    public long DeliverNoAck;
    public long Get;
    public long GetNoAck;
    public long GetEmpty;
    public long Redeliver;
    public long Ack;

    /// <summary>Every way out of a queue together.</summary>
    public long DeliverGet => Deliver + DeliverNoAck + Get + GetNoAck;

    public void Delivered(bool noAck, bool redelivered)
    {
        if (noAck) DeliverNoAck++;
        else Deliver++;
        if (redelivered) Redeliver++;
    }

    public void Got(bool noAck, bool redelivered)
    {
        if (noAck) GetNoAck++;
        else Get++;
        if (redelivered) Redeliver++;
    }

    /// <summary>Takes over what is higher in the other.</summary>
    public void RaiseTo(MessageCounts other)
    {
        Publish = Math.Max(Publish, other.Publish);
        Confirm = Math.Max(Confirm, other.Confirm);
        ReturnUnroutable = Math.Max(ReturnUnroutable, other.ReturnUnroutable);
        DropUnroutable = Math.Max(DropUnroutable, other.DropUnroutable);
        PublishConfirm = Math.Max(PublishConfirm, other.PublishConfirm);
        Routed = Math.Max(Routed, other.Routed);
        Deliver = Math.Max(Deliver, other.Deliver);
        DeliverNoAck = Math.Max(DeliverNoAck, other.DeliverNoAck);
        Get = Math.Max(Get, other.Get);
        GetNoAck = Math.Max(GetNoAck, other.GetNoAck);
        GetEmpty = Math.Max(GetEmpty, other.GetEmpty);
        Redeliver = Math.Max(Redeliver, other.Redeliver);
        Ack = Math.Max(Ack, other.Ack);
    }

    public void Add(MessageCounts other)
    {
        Publish += other.Publish;
        Confirm += other.Confirm;
        ReturnUnroutable += other.ReturnUnroutable;
        DropUnroutable += other.DropUnroutable;
        PublishConfirm += other.PublishConfirm;
        Routed += other.Routed;
        Deliver += other.Deliver;
        DeliverNoAck += other.DeliverNoAck;
        Get += other.Get;
        GetNoAck += other.GetNoAck;
        GetEmpty += other.GetEmpty;
        Redeliver += other.Redeliver;
        Ack += other.Ack;
    }
}
