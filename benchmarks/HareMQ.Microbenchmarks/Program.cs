using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(HareMQ.Microbenchmarks.FrameBenchmark).Assembly).Run(args);
