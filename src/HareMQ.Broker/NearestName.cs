namespace HareMQ.Broker;

/// <summary>Finds what was probably meant, for "did you mean".</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest edits, if they are few for a name of that length.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var fewest = Math.Max(2, name.Length / 4) + 1;
        foreach (var candidate in candidates)
        {
            var edits = CountEdits(name, candidate);
            if (edits >= fewest) continue;
            fewest = edits;
            nearest = candidate;
        }
        return nearest;
    }

    /// <summary>Levenshtein's distance, one row at a time, blind to case.</summary>
    private static int CountEdits(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
