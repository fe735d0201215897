using BenchmarkDotNet.Running;
using HareMQ.Microbenchmarks;

// --budgets FILE measures what each benchmark allocates and compares it with what the file allows; anything else is BenchmarkDotNet's.
if (args is ["--budgets", var file]) return AllocationBudgets.Check(file) ? 0 : 1;
BenchmarkSwitcher.FromAssembly(typeof(FrameBenchmark).Assembly).Run(args);
return 0;
