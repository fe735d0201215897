using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using HareMQ.ProtocolGenerator;

namespace HareMQ.Protocol.Tests.Methods;

/// <summary>
/// Every method with a generator of its arguments that is built from the description and knows nothing of the generated code.
/// </summary>
internal sealed record MethodCase(string Name, AmqpMethod Id, Func<byte[], byte[]> RoundTrip, Gen<byte[]> Arguments)
{
    private const string DescriptionPath = "tools/HareMQ.ProtocolGenerator/amqp-0-9-1.json";

    public static IReadOnlyList<MethodCase> All { get; } = [.. ReadDescription().Classes.SelectMany(owner =>
        owner.Methods.Select(method => Create(owner, method)))];

    public static ProtocolDescription ReadDescription() =>
        ProtocolDescription.Parse(File.ReadAllText(Path.Combine(Repository.Root, DescriptionPath)));

    public override string ToString() => Name;

    /// <summary>Reads arguments, writes them again as a whole frame on channel 7.</summary>
    private static byte[] ReadAndWrite<TMethod>(byte[] arguments)
        where TMethod : struct, IAmqpMethod<TMethod>, allows ref struct
    {
        var method = TMethod.Read(arguments);
        Assert.Equal(method.EncodedBytes + Frame.OverheadBytes, method.FrameBytes);
        var frame = new byte[method.FrameBytes];
        Assert.Equal(frame.Length, method.WriteFrame(frame, channel: 7));
        return frame;
    }

    private static MethodCase Create(ClassDescription owner, MethodDescription method)
    {
        var typeName = Names.Pascal(owner.Name) + Names.Pascal(method.Name);
        var type = typeof(BasicPublish).Assembly.GetType($"HareMQ.Protocol.{typeName}", throwOnError: true)!;
        var roundTrip = typeof(MethodCase).GetMethod(nameof(ReadAndWrite), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).CreateDelegate<Func<byte[], byte[]>>();
        var arguments = method.Runs.Select(EncodedRun).Aggregate(Gen.Constant(Array.Empty<byte>()), Append);
        return new MethodCase($"{owner.Name}.{method.Name}", Enum.Parse<AmqpMethod>(typeName), roundTrip, arguments);
    }

    private static Gen<byte[]> Append(Gen<byte[]> front, Gen<byte[]> back) =>
        from start in front
        from end in back
        select (byte[])[.. start, .. end];

    private static Gen<byte[]> EncodedRun(IReadOnlyList<Argument> run) => run[0].Type switch
    {
        "bit" => Gen.Choose(0, (1 << run.Count) - 1).Select(bits => new[] { (byte)bits }),
        "octet" => Generate.Bytes(1),
        "short" => Generate.Bytes(2),
        "ticket" => Gen.Constant(new byte[2]),
        "long" => Generate.Bytes(4),
        "longlong" => Generate.Bytes(8),
        "shortstr" => Generate.ShortString,
        "longstr" => Generate.AnyBytes.Select(WithLength),
        "table" => Generate.Table.Select(table => WithLength(table.Encoded.ToArray())),
        _ => throw new FormatException(run[0].Type),
    };

    private static byte[] WithLength(byte[] bytes) =>
        [(byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
}
