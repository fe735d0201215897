using System.Text.Json.Nodes;
using HareMQ.Broker;

namespace HareMQ.Cli;

/// <summary>The columns of a list: those that can be asked for and those that are shown otherwise.</summary>
internal sealed class ColumnSet(IReadOnlyList<Column> all, params IReadOnlyList<string> defaults)
{
    public IEnumerable<string> Names => all.Select(column => column.Name);

    /// <param name="wanted">Names, one by one or with commas between them; none: the default ones.</param>
    /// <exception cref="CliException">There is no such column.</exception>
    public IReadOnlyList<Column> Choose(IReadOnlyList<string> wanted)
    {
        string[] names = [.. wanted.SelectMany(one => one.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))];
        if (names.Length == 0) names = [.. defaults];
        string[] unknown = [.. names.Where(name => Find(name) is null)];
        if (unknown.Length == 0) return [.. names.Select(name => Find(name)!)];
        var nearest = NearestName.Find(unknown[0], Names);
        throw CliException.Usage(
            $"Info key(s) {string.Join(", ", unknown)} are not supported" + (nearest is null ? "" : $"\nDid you mean '{nearest}'?"));
    }

    public CommandResult.Table Table(IReadOnlyList<string> wanted, IEnumerable<JsonObject> items)
    {
        var columns = Choose(wanted);
        return new CommandResult.Table(columns, [.. items.Select(item => columns.Select(column => column.Read(item)).ToArray())]);
    }

    private Column? Find(string name) => all.FirstOrDefault(column => column.Name == name);
}
