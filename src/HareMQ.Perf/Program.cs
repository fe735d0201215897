using System.Runtime.InteropServices;
using HareMQ.Perf;

using var interrupt = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return new PerfCommand(Console.Out, Console.Error, Console.OpenStandardOutput).Run(args, interrupt.Token);

void Stop(PosixSignalContext signal)
{
    // The first time what was sent is still waited for and reported; the second time the runtime ends the process.
    signal.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
}
