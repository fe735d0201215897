using System.Runtime.InteropServices;
using HareMQ.Protocol;

namespace HareMQ.Amqp;

/// <summary>What the broker says of itself in connection.start. Clients look for capabilities, product and version here.</summary>
internal static class ServerProperties
{
    public static FieldTable Create(AmqpServerOptions options)
    {
        var capabilities = new FieldTableBuilder()
            .Add("publisher_confirms", FieldValue.FromBool(true))
            .Add("exchange_exchange_bindings", FieldValue.FromBool(true))
            .Add("basic.nack", FieldValue.FromBool(true))
            .Add("consumer_cancel_notify", FieldValue.FromBool(true))
            .Add("connection.blocked", FieldValue.FromBool(true))
            .Add("consumer_priorities", FieldValue.FromBool(true))
            .Add("authentication_failure_close", FieldValue.FromBool(true))
            .Add("per_consumer_qos", FieldValue.FromBool(true))
            .Add("direct_reply_to", FieldValue.FromBool(true))
            .ToTable();
        return new FieldTableBuilder()
            .Add("capabilities", FieldValue.FromTable(capabilities))
            .Add("cluster_name", FieldValue.FromString(options.ClusterName))
            .Add("copyright", FieldValue.FromString("Copyright HareMQ contributors"))
            .Add("information", FieldValue.FromString("Licensed under the Apache License 2.0"))
            .Add("platform", FieldValue.FromString(RuntimeInformation.FrameworkDescription))
            .Add("product", FieldValue.FromString(options.ProductName))
            .Add("version", FieldValue.FromString(options.ProductVersion))
            .ToTable();
    }
}
