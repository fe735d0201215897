using HareMQ.Broker;

namespace HareMQ.Hosting;

internal enum ServerCommand
{
    Run,
    Help,
    Version,
    CheckConfig,
}

/// <summary>The server program's flags. A value follows its flag as the next argument or behind <c>=</c>.</summary>
internal sealed class CommandLine
{
    public const string Help = """
        Usage: haremq [options]

          --config FILE      configuration file (rabbitmq.conf style); else $HAREMQ_CONFIG_FILE,
                             ./haremq.conf or /etc/haremq/haremq.conf
          --data-dir DIR     where messages and definitions live (default: ./haremq-data)
          --set KEY=VALUE    one configuration key; may be repeated, wins over file and environment
          --check-config     read the configuration, report what is wrong with it, and exit
          --version          print the version and exit
          --help             print this and exit

        Standard output carries one line, "ready", once clients can connect; the log goes to standard error.
        """;

    private static readonly string[] s_flags = ["--config", "--data-dir", "--set", "--check-config", "--version", "--help"];

    private readonly List<Setting> _settings = [];

    private CommandLine()
    {
    }

    public ServerCommand Command { get; private set; }

    public string? ConfigFile { get; private set; }

    public IReadOnlyList<Setting> Settings => _settings;

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i].IndexOf('=') : -1;
            var flag = equals < 0 ? args[i] : args[i][..equals];
            switch (flag)
            {
                case "--config":
                    line.ConfigFile = Value(args, flag, equals, ref i);
                    break;
                case "--data-dir":
                    line._settings.Add(new Setting("data_dir", Value(args, flag, equals, ref i), flag));
                    break;
                case "--set":
                    line._settings.Add(Assignment(Value(args, flag, equals, ref i)));
                    break;
                case "--check-config" when equals < 0:
                    line.Choose(ServerCommand.CheckConfig);
                    break;
                case "--version" when equals < 0:
                    line.Choose(ServerCommand.Version);
                    break;
                case "--help" or "-h" when equals < 0:
                    line.Choose(ServerCommand.Help);
                    break;
                default:
                    throw Unknown(args[i], flag, equals);
            }
        }
        return line;
    }

    /// <summary>The first of several wins, but for --help, which always does.</summary>
    private void Choose(ServerCommand command)
    {
        if (Command == ServerCommand.Run || command == ServerCommand.Help) Command = command;
    }

    private static string Value(IReadOnlyList<string> args, string flag, int equals, ref int index)
    {
        if (equals < 0 && index + 1 == args.Count) throw new ConfigurationException($"{flag} needs a value");
        var value = equals < 0 ? args[++index] : args[index][(equals + 1)..];
        return value.Length > 0 ? value : throw new ConfigurationException($"{flag} needs a value");
    }

    private static Setting Assignment(string text)
    {
        var equals = text.IndexOf('=');
        if (equals <= 0) throw new ConfigurationException($"--set: expected KEY=VALUE, found '{text}'");
        return new Setting(text[..equals].Trim(), text[(equals + 1)..].Trim(), "--set");
    }

    private static ConfigurationException Unknown(string argument, string flag, int equals)
    {
        if (!flag.StartsWith('-')) return new ConfigurationException($"unexpected argument '{argument}'; haremq --help lists the options");
        if (equals >= 0 && s_flags.Contains(flag)) return new ConfigurationException($"{flag} takes no value");
        var nearest = NearestName.Find(flag, s_flags);
        return new ConfigurationException(
            $"unknown option '{flag}'" + (nearest is null ? "; haremq --help lists the options" : $"; did you mean '{nearest}'?"));
    }
}
