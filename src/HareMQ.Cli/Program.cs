using HareMQ.Cli;

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    // The first time what is under way may end in order; the second time the runtime ends the process.
    key.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};
return (int)await new Harectl(Terminal.OfProcess()).RunAsync(args, interrupt.Token);
