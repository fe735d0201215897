using System.CommandLine;

namespace HareMQ.Cli;

internal static class HelpText
{
    private const int NameWidth = 34;
    private const int LineWidth = 120;

    public static string Usage(CtlCommand command)
    {
        string[] parts = ["harectl", command.Name, .. command.Options.Select(Usage), command.Arguments];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    public static void WriteOverview(TextWriter output)
    {
        output.WriteLine("usage: harectl [options] <command> [arguments]");
        foreach (var group in CommandTable.All.Where(command => !RefusedCommands.IsRefused(command)).GroupBy(command => command.Group))
        {
            output.WriteLine();
            output.WriteLine($"{group.Key}:");
            foreach (var command in group) WriteEntry(output, command.Name, command.Summary);
        }

        output.WriteLine();
        output.WriteLine("Options of every command:");
        WriteOptions(output, GlobalOptions.Shown);
        output.WriteLine();
        output.WriteLine(
            """
            The broker is found at the control socket in its data directory: that of --data-dir, HAREMQ_DATA_DIR or
            HAREMQ_CONTROL_SOCKET, else ./haremq-data or /var/lib/haremq.

            Exit codes: 0 done, 64 wrong usage or the broker in the wrong state, 65 a wrong argument, 67 no such user, 69 no broker,
            a failed check or refused, 70 failed, 75 no answer in time.

            'harectl help <command>' tells more about a command.
            """);
    }

    public static void Write(TextWriter output, CtlCommand command)
    {
        output.WriteLine($"usage: {Usage(command)}");
        output.WriteLine();
        output.WriteLine(command.Summary);
        if (command.Options.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Options:");
            WriteOptions(output, command.Options);
        }

        if (command.Columns is { } columns && command.ArgumentsMax > 1)
        {
            output.WriteLine();
            output.WriteLine("Columns:");
            WriteEntry(output, "", string.Join(' ', columns.Names), nameWidth: 0);
        }

        output.WriteLine();
        output.WriteLine("Options of every command:");
        WriteOptions(output, GlobalOptions.Shown);
    }

    private static string Usage(Option option) =>
        option.HelpName is { } argument ? $"[{option.Name} <{argument.ToLowerInvariant()}>]" : $"[{option.Name}]";

    private static void WriteOptions(TextWriter output, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name));
            WriteEntry(output, $"{names} {option.HelpName}".TrimEnd(), option.Description ?? "");
        }

    }

    private static void WriteEntry(TextWriter output, string name, string text, int nameWidth = NameWidth)
    {
        var line = $"  {name.PadRight(nameWidth)}";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > LineWidth)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', nameWidth + 2);
            }

            line += $" {word}";
        }

        output.WriteLine(line.TrimEnd());
    }
}
