using HareMQ.Simulation;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

return new Runner(arguments).Run() ? 0 : 1;
