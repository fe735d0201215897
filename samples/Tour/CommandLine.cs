namespace Tour;

/// <summary><c>--url amqp://…</c> for a broker that is running, <c>--only NAME</c> for one topic, <c>--list</c> for their names.</summary>
internal sealed record CommandLine(Uri? Url, string? Only, bool List)
{
    public static CommandLine? Parse(string[] args)
    {
        var options = new CommandLine(null, null, false);
        for (var index = 0; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : null;
            switch (args[index])
            {
                case "--list":
                    options = options with { List = true };
                    break;
                case "--only" when value is not null:
                    options = options with { Only = value };
                    index++;
                    break;
                case "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url):
                    options = options with { Url = url };
                    index++;
                    break;
                default:
                    Console.Error.WriteLine("usage: Tour [--list] [--only TOPIC] [--url amqp://user:password@host:port/]");
                    return null;
            }
        }
        return options;
    }
}
