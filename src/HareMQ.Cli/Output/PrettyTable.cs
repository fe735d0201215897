namespace HareMQ.Cli;

/// <summary>A table with lines around its cells.</summary>
internal static class PrettyTable
{
    public static void Write(TextWriter output, CommandResult.Table table, bool withHeaders)
    {
        var rows = table.Rows.Select(row => row.Select((value, i) => table.Columns[i].Text(value)).ToArray()).ToList();
        if (withHeaders) rows.Insert(0, [.. table.Columns.Select(column => column.Name)]);
        if (rows.Count == 0) return;
        var widths = table.Columns.Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        output.WriteLine(Line(widths, '┌', '┬', '┐'));
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) output.WriteLine(Line(widths, '├', '┼', '┤'));
            output.WriteLine($"│ {string.Join(" │ ", rows[i].Select((cell, column) => cell.PadRight(widths[column])))} │");
        }

        output.WriteLine(Line(widths, '└', '┴', '┘'));
    }

    private static string Line(int[] widths, char left, char middle, char right) =>
        left + string.Join(middle, widths.Select(width => new string('─', width + 2))) + right;
}
