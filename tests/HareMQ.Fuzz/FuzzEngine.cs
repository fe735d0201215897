using HareMQ.Fuzz.Targets;
using HareMQ.Protocol;

namespace HareMQ.Fuzz;

/// <param name="Iterations">Inputs that were run, the corpus included.</param>
/// <param name="Refused">How many of them ended in an AMQP error.</param>
/// <param name="Failure">What went wrong, with what is needed to run it again; null if nothing did.</param>
/// <param name="FailedInput">The input that it went wrong with; null when it was not a single one.</param>
internal sealed record FuzzResult(long Iterations, long Refused, string? Failure, byte[]? FailedInput = null);

/// <summary>Runs a target over its seeds, its corpus and mutations of both, on one thread and from one seed.</summary>
internal sealed class FuzzEngine(IFuzzTarget target, ulong seed)
{
    // An AMQP error costs an exception with its text and stack trace, however large the input.
    private const int RefusalBytesMax = 64 * 1024;
    private const long HeapGrowthBytesMax = 64L << 20;

    private readonly Mutator _mutator = new();
    private readonly List<byte[]> _inputs = [.. target.Seeds, .. Corpus.Read(target.Name)];
    private long _refused;

    public FuzzResult Run(long count)
    {
        // Twice: what allocates once (statics, tables of the runtime) has done so by the time it is measured.
        foreach (var input in _inputs) TryRun(input);
        _refused = 0;
        foreach (var input in _inputs)
        {
            if (RunMeasured(input) is { } failure) return Failed(0, input, failure);
        }

        var heapBytesBefore = GC.GetTotalMemory(forceFullCollection: true);
        for (var iteration = 1L; iteration <= count; iteration++)
        {
            var random = SplitMix.ForIteration(seed, iteration);
            var input = _mutator.Mutate(_inputs[random.Next(_inputs.Count)], ref random);
            if (RunMeasured(input) is { } failure) return Failed(iteration, input, failure);
        }

        var heapGrowthBytes = GC.GetTotalMemory(forceFullCollection: true) - heapBytesBefore;
        var leak = heapGrowthBytes > HeapGrowthBytesMax ? $"the heap grew by {heapGrowthBytes} bytes" : null;
        return new FuzzResult(_inputs.Count + count, _refused, leak);
    }

    private FuzzResult Failed(long iteration, ReadOnlySpan<byte> input, string failure) => new(iteration, _refused,
        $"target {target.Name}, seed {seed}, iteration {iteration}: {failure}\ninput: {Convert.ToHexString(input)}", input.ToArray());

    private string? RunMeasured(ReadOnlySpan<byte> input)
    {
        var bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        var error = TryRun(input);
        if (error is not (null or AmqpException)) return error.ToString();
        var (constant, perByte) = target.AllocationMax;
        var allowedBytes = constant + (long)perByte * input.Length + (error is null ? 0 : RefusalBytesMax);
        var allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        return allocatedBytes > allowedBytes ? $"{allocatedBytes} bytes were allocated, {allowedBytes} are allowed" : null;
    }

    private Exception? TryRun(ReadOnlySpan<byte> input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (AmqpException error)
        {
            _refused++;
            return error;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
