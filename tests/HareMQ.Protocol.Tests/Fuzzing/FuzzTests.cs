using HareMQ.Fuzz;
using HareMQ.Fuzz.Targets;

namespace HareMQ.Protocol.Tests.Fuzzing;

public sealed class FuzzTests
{
    private const long Count = 200_000;
    private const ulong Seed = 20_091;

    [Fact]
    public void Broken_frames_cost_an_AMQP_error_and_nothing_else() => Survives(new FrameTarget());

    [Fact]
    public void Broken_tables_cost_an_AMQP_error_and_nothing_else() => Survives(new TableTarget());

    [Fact]
    public void Broken_properties_cost_an_AMQP_error_and_nothing_else() => Survives(new PropertyTarget());

    [Fact]
    public void The_engine_reports_another_exception_with_seed_and_bytes()
    {
        var target = new FaultyTarget(static input => _ = input[^1] == 0x5A ? throw new IndexOutOfRangeException() : 0);
        var failure = new FuzzEngine(target, Seed).Run(Count).Failure;

        Assert.Contains($"seed {Seed}", failure, StringComparison.Ordinal);
        Assert.Contains(nameof(IndexOutOfRangeException), failure, StringComparison.Ordinal);
        Assert.EndsWith("5A", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_input_is_saved_in_the_form_of_the_corpus()
    {
        var directory = Directory.CreateTempSubdirectory("haremq-fuzz-");
        try
        {
            var result = new FuzzEngine(new FaultyTarget(static _ => throw new IndexOutOfRangeException()), Seed).Run(Count);
            var message = FailureFiles.Save(directory.FullName, "frames", result);

            var saved = Assert.Single(directory.GetFiles("*.hex", SearchOption.AllDirectories));
            Assert.Contains($"mv {saved.FullName} tests/HareMQ.Fuzz/corpus/frames/", message, StringComparison.Ordinal);
            Assert.Equal(result.FailedInput, Convert.FromHexString(File.ReadAllText(saved.FullName).Trim()));
            Assert.Contains(nameof(IndexOutOfRangeException), File.ReadAllText(Path.ChangeExtension(saved.FullName, ".txt")), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_engine_reports_an_allocation()
    {
        var failure = new FuzzEngine(new FaultyTarget(static input => _ = new byte[input.Length + 100]), Seed).Run(Count).Failure;

        Assert.Contains("0 are allowed", failure, StringComparison.Ordinal);
    }

    private static void Survives(IFuzzTarget target)
    {
        var result = new FuzzEngine(target, Seed).Run(Count);

        if (result.FailedInput is not null) Assert.Fail($"{result.Failure}\n{FailureFiles.Save(FailureFiles.DefaultDirectory, target.Name, result)}");
        Assert.Null(result.Failure);
        Assert.InRange(result.Refused, Count / 10, Count * 9 / 10);
    }

    private sealed class FaultyTarget(FaultyTarget.Fault fault) : IFuzzTarget
    {
        public delegate void Fault(ReadOnlySpan<byte> input);

        // Borrows that target's corpus.
        public string Name => "frames";

        public IReadOnlyList<byte[]> Seeds => [[1, 2, 3]];

        public (int Constant, int PerByte) AllocationMax => (0, 0);

        public void Run(ReadOnlySpan<byte> input)
        {
            if (!input.IsEmpty) fault(input);
        }
    }
}
