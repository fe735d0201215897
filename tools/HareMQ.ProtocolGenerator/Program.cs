using HareMQ.ProtocolGenerator;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: HareMQ.ProtocolGenerator <root of the repository>");
    return 1;
}

var description = ProtocolDescription.Parse(File.ReadAllText(Path.Combine(args[0], "tools/HareMQ.ProtocolGenerator/amqp-0-9-1.json")));
foreach (var (name, text) in MethodGenerator.Generate(description))
    File.WriteAllText(Path.Combine(args[0], "src/HareMQ.Protocol/Methods", name), text);
return 0;
