using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace HareMQ.Management.Tests;

/// <summary>The differences of the HTTP API that <c>docs/rabbitmq-differences.md</c> tells of: what is not told is a failure.</summary>
internal sealed partial class DocumentedDifferences
{
    private const string Page = "docs/rabbitmq-differences.md";
    private const string FieldsHeading = "### Fields of the HTTP API";
    private const string StatusesHeading = "### Statuses of the HTTP API";

    private readonly List<(string[] Kinds, string[] Fields, string Side)> _fields = [];
    private readonly Dictionary<string, (string Theirs, string Ours)> _statuses = new(StringComparer.Ordinal);

    private DocumentedDifferences(string[] lines)
    {
        foreach (var cells in Rows(lines, FieldsHeading)) _fields.Add((Code(cells[0]), Code(cells[1]), cells[2].Trim()));
        foreach (var cells in Rows(lines, StatusesHeading))
            foreach (var request in Code(cells[0])) _statuses.Add(request, (cells[1].Trim(), cells[2].Trim()));
        Assert.NotEmpty(_fields);
        Assert.NotEmpty(_statuses);
    }

    public static DocumentedDifferences Read() => new(File.ReadAllLines(Path.Combine(RepositoryRoot(), Page)));

    public static string RepositoryRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));

    /// <summary>What two answers with objects of a kind have not in common, and nobody tells of.</summary>
    public IEnumerable<string> Compare(string kind, FieldSet theirs, FieldSet ours)
    {
        foreach (var field in theirs.Names.Where(field => !ours.Contains(field) && !IsFieldTold(kind, field, "RabbitMQ")))
            yield return $"{field}: only RabbitMQ has it";
        foreach (var field in ours.Names.Where(field => !theirs.Contains(field) && !IsFieldTold(kind, field, "HareMQ")))
            yield return $"{field}: only HareMQ has it";
        foreach (var field in theirs.Names.Where(ours.Contains).Where(field => !theirs.HasTypeOf(field, ours)))
            yield return $"{field}: {theirs.Types(field)} in RabbitMQ, {ours.Types(field)} in HareMQ";
    }

    /// <param name="request">Method and path, without the names of things: <c>GET nodes/{node}</c>.</param>
    /// <param name="theirs">What each user gets.</param>
    /// <param name="ours">The same.</param>
    public bool AreStatusesTold(string request, string theirs, string ours) =>
        _statuses.TryGetValue(request, out var told) && told == (theirs, ours);

    /// <summary>The same for an administrator alone.</summary>
    public bool IsStatusTold(string request, int theirs, int ours) =>
        _statuses.TryGetValue(request, out var told) && ForAdministrator(told.Theirs) == theirs && ForAdministrator(told.Ours) == ours;

    private static int ForAdministrator(string statuses)
    {
        var all = statuses.Split(' ');
        return int.Parse(all.Length == 1 ? all[0] : all[AccessTable.Administrator], CultureInfo.InvariantCulture);
    }

    private bool IsFieldTold(string kind, string field, string side) => _fields.Any(row =>
        row.Kinds.Contains(kind) && (row.Side == side || row.Side == "either") && row.Fields.Any(name => Covers(name, field)));

    private static bool Covers(string name, string field) =>
        name.EndsWith('*') ? field.StartsWith(name[..^1], StringComparison.Ordinal) : name == field;

    private static IEnumerable<string[]> Rows(string[] lines, string heading)
    {
        var start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"{Page} has no '{heading}'");
        return lines.Skip(start + 1).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Split('|')[1..^1]);
    }

    private static string[] Code(string cell) => [.. InBackticks().Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();
}
