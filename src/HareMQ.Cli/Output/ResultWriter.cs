using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Shows results the way that was asked for.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How.</param>
/// <param name="withHeaders">The names of columns go first.</param>
internal sealed class ResultWriter(TextWriter output, OutputFormat format, bool withHeaders)
{
    /// <param name="result">What to show.</param>
    /// <param name="node">Asked for where a format names the node.</param>
    public async Task WriteAsync(CommandResult result, Func<Task<string>> node)
    {
        switch (result)
        {
            case CommandResult.Table table:
                WriteTable(table);
                break;
            case CommandResult.Message message:
                output.WriteLine(format.IsJson() ? Json.Text(new JsonObject { ["message"] = message.Text }) : message.Text);
                break;
            case CommandResult.Report report when format.IsJson():
                output.WriteLine(Json.Text(report.Document));
                break;
            case CommandResult.Report report:
                foreach (var line in report.Lines) output.WriteLine(line);
                break;
            case CommandResult.Value value when format.IsJson():
                output.WriteLine(Json.Text(
                    new JsonObject { ["node"] = await node(), ["result"] = "ok", ["value"] = value.Content.DeepClone() }));
                break;
            case CommandResult.Value value:
                output.WriteLine(CellText.Of(value.Content));
                break;
            case CommandResult.Nothing when format.IsJson():
                output.WriteLine(Json.Text(new JsonObject { ["node"] = await node(), ["result"] = "ok" }));
                break;
        }
    }

    private void WriteTable(CommandResult.Table table)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(table);
                break;
            case OutputFormat.JsonStream:
                foreach (var row in table.Rows) output.WriteLine(Json.Text(ToObject(table, row)));
                break;
            case OutputFormat.Csv:
                WriteLines(table, ",", static text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
                break;
            case OutputFormat.PrettyTable:
                PrettyTable.Write(output, table, withHeaders);
                break;
            case OutputFormat.Erlang:
                output.WriteLine($"[{string.Join(",\n ", table.Rows.Select(row => Erlang(table, row)))}]");
                break;
            default:
                WriteLines(table, "\t", static text => text);
                break;
        }
    }

    private void WriteLines(CommandResult.Table table, string separator, Func<string, string> cell)
    {
        // As RabbitMQ: of nothing there are no columns either.
        if (table.Rows.Count == 0) return;
        if (withHeaders) output.WriteLine(string.Join(separator, table.Columns.Select(column => cell(column.Name))));
        foreach (var row in table.Rows)
            output.WriteLine(string.Join(separator, row.Select((value, i) => cell(table.Columns[i].Text(value)))));
    }

    private void WriteJson(CommandResult.Table table)
    {
        output.WriteLine("[");
        for (var i = 0; i < table.Rows.Count; i++)
            output.WriteLine((i == 0 ? "" : ",") + Json.Text(ToObject(table, table.Rows[i])));
        output.WriteLine("]");
    }

    private static JsonObject ToObject(CommandResult.Table table, JsonNode?[] row)
    {
        var json = new JsonObject();
        for (var i = 0; i < row.Length; i++) json[table.Columns[i].Name] = row[i]?.DeepClone();
        return json;
    }

    private static string Erlang(CommandResult.Table table, JsonNode?[] row) =>
        $"[{string.Join(',', row.Select((value, i) => $"{{{table.Columns[i].Name},{CellText.Erlang(value)}}}"))}]";
}
