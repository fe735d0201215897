using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Perf;

internal sealed partial class AmqpLink
{
    /// <summary>Returns how many messages are ready in the queue.</summary>
    public uint DeclareQueue(string name, bool durable, FieldTable arguments)
    {
        WriteDeclareQueue(Outbox, name, durable, arguments);
        return QueueDeclareOk.Read(Request(AmqpMethod.QueueDeclareOk)).MessageCount;
    }

    /// <summary>How many messages are ready in the queue: a passive declare.</summary>
    public uint CountMessages(string queue)
    {
        WriteCountMessages(Outbox, queue);
        return QueueDeclareOk.Read(Request(AmqpMethod.QueueDeclareOk)).MessageCount;
    }

    public void PurgeQueue(string name)
    {
        Outbox.Write(new QueuePurge(Encoding.UTF8.GetBytes(name), false), Channel);
        Request(AmqpMethod.QueuePurgeOk);
    }

    public void DeleteQueue(string name)
    {
        WriteDeleteQueue(Outbox, name);
        Request(AmqpMethod.QueueDeleteOk);
    }

    public void DeclareExchange(string name, string type, bool durable)
    {
        var (nameBytes, typeBytes) = (Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(type));
        Outbox.Write(new ExchangeDeclare(nameBytes, typeBytes, false, durable, false, false, false, default), Channel);
        Request(AmqpMethod.ExchangeDeclareOk);
    }

    public void DeleteExchange(string name)
    {
        Outbox.Write(new ExchangeDelete(Encoding.UTF8.GetBytes(name), false, false), Channel);
        Request(AmqpMethod.ExchangeDeleteOk);
    }

    public void BindQueue(string queue, string exchange, string key, FieldTable arguments)
    {
        var (queueBytes, exchangeBytes, keyBytes) =
            (Encoding.UTF8.GetBytes(queue), Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(key));
        Outbox.Write(new QueueBind(queueBytes, exchangeBytes, keyBytes, false, arguments.Encoded.Span), Channel);
        Request(AmqpMethod.QueueBindOk);
    }

    public void SelectConfirms()
    {
        Outbox.Write(new ConfirmSelect(false), Channel);
        Request(AmqpMethod.ConfirmSelectOk);
    }

    public void SetPrefetch(int count)
    {
        Outbox.Write(new BasicQos(0, (ushort)count, false), Channel);
        Request(AmqpMethod.BasicQosOk);
    }

    public static void WriteDeclareQueue(Outbox outbox, string name, bool durable, FieldTable arguments) => outbox.Write(
        new QueueDeclare(Encoding.UTF8.GetBytes(name), false, durable, false, false, false, arguments.Encoded.Span), Channel);

    public static void WriteCountMessages(Outbox outbox, string queue) =>
        outbox.Write(new QueueDeclare(Encoding.UTF8.GetBytes(queue), true, false, false, false, false, default), Channel);

    public static void WriteDeleteQueue(Outbox outbox, string name) =>
        outbox.Write(new QueueDelete(Encoding.UTF8.GetBytes(name), false, false, false), Channel);
}
