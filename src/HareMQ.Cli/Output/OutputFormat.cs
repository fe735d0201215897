namespace HareMQ.Cli;

internal enum OutputFormat
{
    Table,
    PrettyTable,
    Csv,
    Json,
    JsonStream,
    Erlang,
}

internal static class OutputFormats
{
    private static readonly (string Name, OutputFormat Format)[] s_all =
    [
        ("table", OutputFormat.Table), ("pretty_table", OutputFormat.PrettyTable), ("csv", OutputFormat.Csv),
        ("json", OutputFormat.Json), ("json_stream", OutputFormat.JsonStream), ("erlang", OutputFormat.Erlang),
    ];

    public static IEnumerable<string> Names => s_all.Select(one => one.Name);

    /// <exception cref="CliException">There is no such format.</exception>
    public static OutputFormat Parse(string name)
    {
        foreach (var one in s_all)
            if (one.Name == name) return one.Format;
        throw CliException.Usage($"--formatter {name} is not supported; supported are {string.Join(", ", Names)}");
    }

    /// <summary>A program reads it: nothing but the result is printed.</summary>
    public static bool IsForPrograms(this OutputFormat format) =>
        format is OutputFormat.Csv or OutputFormat.Json or OutputFormat.JsonStream;

    public static bool IsJson(this OutputFormat format) => format is OutputFormat.Json or OutputFormat.JsonStream;
}
