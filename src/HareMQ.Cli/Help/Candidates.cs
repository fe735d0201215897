using System.CommandLine;

namespace HareMQ.Cli;

/// <summary>What could complete an argument. Asks the broker for names, and does without when it does not answer at once.</summary>
internal static class Candidates
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static IEnumerable<string> Of(CtlCommand command, ParseResult line) => command.Completes switch
    {
        Completing.Columns => command.Columns!.Names,
        Completing.Commands => CommandTable.All.Select(one => one.Name),
        Completing.Plugins => Ask(line, "haremq/plugins"),
        Completing.Queues => Ask(line, $"{ControlClient.Path("queues", line.GetValue(GlobalOptions.VirtualHost) ?? "/")}?columns=name"),
        Completing.Users => Ask(line, "users?columns=name"),
        Completing.VirtualHosts => VirtualHosts(line),
        _ => [],
    };

    public static IEnumerable<string> VirtualHosts(ParseResult line) => Ask(line, "vhosts?columns=name&disable_stats=true");

    private static IEnumerable<string> Ask(ParseResult line, string path)
    {
        try
        {
            var address = GlobalOptions.ReadAddress(line, Terminal.ProcessEnvironment());
            using var client = new ControlClient(address, s_patience, CancellationToken.None);
            // The library asks for candidates synchronously; no thread is short here.
            return [.. client.GetAsync(path).GetAwaiter().GetResult().Items.Select(item => Json.String(item, "name"))];
        }
        catch (CliException)
        {
            // A message would stand in the middle of what is being typed.
            return [];
        }
    }
}
