using HareMQ.Crash;
using HareMQ.Crash.Brokers;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

AppDomain.CurrentDomain.ProcessExit += (_, _) => BrokerProcess.KillAll();
return await new CaseRunner(arguments).RunAsync() ? 0 : 1;
