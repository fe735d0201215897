using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

internal static class DefinitionCommands
{
    private const string Group = "Definitions";

    private static readonly Option<string> s_format = GlobalOptions.Text("--format", "FORMAT", "json, which is the only one here");
    private static readonly Option<bool> s_skipIfUnchanged = GlobalOptions.Flag(
        "--skip-if-unchanged", "do nothing if the broker has all of it already");

    public static IEnumerable<CtlCommand> All =>
    [
        new("export_definitions", Group, "Writes users, virtual hosts, queues and all other definitions to a file")
        {
            Arguments = "<file | \"-\">", ArgumentsMin = 1, ArgumentsMax = 1, Options = [s_format], RunAsync = ExportAsync,
        },
        new("import_definitions", Group, "Adds definitions from a file, or from the input, to those that are there")
        {
            Arguments = "[<file | \"-\">]", ArgumentsMax = 1, Options = [s_format, s_skipIfUnchanged], RunAsync = ImportAsync,
        },
    ];

    private static async Task<CommandResult> ExportAsync(Invocation call)
    {
        CheckFormat(call);
        var path = call.Arguments[0];
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (path != "-" && !Directory.Exists(directory)) throw CliException.BadArgument($"Directory {directory} does not exist");
        if (path != "-") call.Banner($"Exporting definitions in JSON to a file at \"{path}\" ...");
        var text = Json.Text((await call.Client.GetAsync("definitions")).Require().Body);
        if (path == "-")
        {
            call.Terminal.Output.WriteLine(text);
            return new CommandResult.Report([], new JsonObject());
        }

        try
        {
            // Password hashes are in it.
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var file = new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
            await file.WriteAsync(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadArgument($"{path} cannot be written: {error.Message}");
        }

        return CommandResult.Done;
    }

    private static async Task<CommandResult> ImportAsync(Invocation call)
    {
        CheckFormat(call);
        var path = call.Argument(0, "-");
        var text = await ReadAsync(call, path);
        call.Banner(path == "-"
            ? "Importing definitions in JSON from standard input ..."
            : $"Importing definitions in JSON from a file at \"{path}\" ...");
        var document = Json.ParseObject(text);
        if (call.Option(s_skipIfUnchanged) && IsPartOf(document, (await call.Client.GetAsync("definitions")).Object))
            return CommandResult.Say("Definitions are unchanged: nothing to import.");
        using var client = call.CreateClient(call.Timeout ?? Timeout.InfiniteTimeSpan);
        (await client.PostAsync("definitions", document)).Require();
        return call.IsQuiet ? CommandResult.Done : CommandResult.Say("Definitions are imported.");
    }

    private static void CheckFormat(Invocation call)
    {
        if (call.Option(s_format) is not (null or "json" or "JSON"))
            throw CliException.Usage("Formatter should be json: Erlang's term format is for brokers written in Erlang");
    }

    private static async Task<string> ReadAsync(Invocation call, string path)
    {
        if (path == "-") return await call.Terminal.Input.ReadToEndAsync(call.Interrupt);
        if (!File.Exists(path)) throw CliException.BadArgument($"File {path} does not exist");
        try
        {
            return await File.ReadAllTextAsync(path, call.Interrupt);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CliException.BadArgument($"{path} cannot be read: {error.Message}");
        }
    }

    /// <summary>Every item of every section of the document is in the broker's own, as it is.</summary>
    private static bool IsPartOf(JsonObject document, JsonObject known)
    {
        foreach (var (section, value) in document)
        {
            if (value is not JsonArray items) continue;
            var have = known[section] as JsonArray ?? [];
            if (items.Any(item => !have.Any(other => JsonNode.DeepEquals(item, other)))) return false;
        }

        return true;
    }
}
