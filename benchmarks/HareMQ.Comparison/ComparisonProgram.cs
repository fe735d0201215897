using System.CommandLine;
using System.Runtime.InteropServices;
using HareMQ.Comparison.Scale;

namespace HareMQ.Comparison;

/// <summary>The command line: comparing is the root command, the rest are its subcommands.</summary>
internal sealed class ComparisonProgram
{
    private const int FailedCode = 1;
    private const int InterruptedCode = 130;

    public int Run(IReadOnlyList<string> args)
    {
        using var interrupt = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // So that brokers and load generators are ended and their files removed.
            signal.Cancel = true;
            interrupt.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var root = CompareCommand.Create(interrupt.Token);
            root.Subcommands.Add(ScaleCommand.Create(interrupt.Token));
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (ComparisonException e)
        {
            Console.Error.WriteLine(e.Message);
            return FailedCode;
        }
        catch (OperationCanceledException)
        {
            return InterruptedCode;
        }
    }
}
