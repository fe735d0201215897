using System.Collections;

namespace HareMQ.Cli;

/// <summary>Everything that the program has of the process it runs in.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Errors.</param>
/// <param name="Input">Passwords and definitions that are not arguments.</param>
/// <param name="IsInteractive">Somebody types the input: a prompt is of use.</param>
/// <param name="Environment">Variables.</param>
internal sealed record Terminal(
    TextWriter Output, TextWriter Error, TextReader Input, bool IsInteractive, IReadOnlyDictionary<string, string> Environment)
{
    public static Terminal OfProcess() => new(Console.Out, Console.Error, Console.In, !Console.IsInputRedirected, ProcessEnvironment());

    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        return environment;
    }
}
