using HareMQ.Crash;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

return await new CaseRunner(arguments).RunAsync() ? 0 : 1;
