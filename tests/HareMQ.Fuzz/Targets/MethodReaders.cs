using System.Reflection;
using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>
/// Reads and re-writes any method by its id. The list comes from the codec's own types, so a new method is fuzzed at once.
/// </summary>
internal sealed class MethodReaders
{
    private const int ArgumentBytesMax = 64;

    private readonly Dictionary<AmqpMethod, Reader> _readers = [];
    private readonly byte[] _scratch = new byte[1 << 17];

    public MethodReaders()
    {
        var create = typeof(MethodReaders).GetMethod(nameof(ReadAndWrite), BindingFlags.Instance | BindingFlags.NonPublic)!;
        foreach (var type in typeof(IAmqpMethod).Assembly.GetTypes())
        {
            if (!type.IsValueType || type.GetInterface(nameof(IAmqpMethod)) is null) continue;
            var id = (uint)type.GetField(nameof(BasicPublish.Id))!.GetRawConstantValue()!;
            _readers.Add((AmqpMethod)id, create.MakeGenericMethod(type).CreateDelegate<Reader>(this));
        }
    }

    private delegate int Reader(ReadOnlySpan<byte> arguments);

    public void Read(AmqpMethod method, ReadOnlySpan<byte> arguments)
    {
        if (_readers.TryGetValue(method, out var read)) read(arguments);
    }

    /// <summary>A frame of each method with as many zero bytes as it has fixed arguments: empty strings, empty tables, zeros.</summary>
    public IEnumerable<byte[]> EmptyFrames()
    {
        foreach (var (method, read) in _readers)
        {
            var frameBytes = 0;
            for (var bytes = 0; frameBytes == 0 && bytes < ArgumentBytesMax; bytes++) frameBytes = TryRead(read, bytes);
            if (frameBytes == 0) throw new InvalidOperationException($"No empty {method.Name()} was found.");
            yield return _scratch[..frameBytes];
        }
    }

    private static int TryRead(Reader read, int argumentBytes)
    {
        try
        {
            return read(new byte[argumentBytes]);
        }
        catch (ConnectionException)
        {
            return 0; // not yet, or no longer, the right number of bytes
        }
    }

    private int ReadAndWrite<TMethod>(ReadOnlySpan<byte> arguments)
        where TMethod : struct, IAmqpMethod<TMethod>, allows ref struct
    {
        var method = TMethod.Read(arguments);
        if (method.EncodedBytes != MethodHeader.Bytes + arguments.Length)
            throw new InvalidOperationException($"{typeof(TMethod).Name} reads {arguments.Length} bytes and writes {method.EncodedBytes}.");
        return method.WriteFrame(_scratch, channel: 1);
    }
}
