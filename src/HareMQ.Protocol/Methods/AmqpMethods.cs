namespace HareMQ.Protocol;

/// <summary>What is known of methods by their ids alone.</summary>
internal static partial class AmqpMethods
{
    public static ushort ClassId(this AmqpMethod method) => (ushort)((uint)method >> 16);

    public static ushort MethodId(this AmqpMethod method) => (ushort)method;

    public static bool IsKnown(this AmqpMethod method) => KnownName(method) is not null;

    /// <summary>The name as reply texts spell it, <c>basic.publish</c>; of an unknown method its ids.</summary>
    public static string Name(this AmqpMethod method) => KnownName(method) ?? $"method {method.ClassId()}.{method.MethodId()}";
}
