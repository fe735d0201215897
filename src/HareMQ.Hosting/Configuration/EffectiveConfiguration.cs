using HareMQ.Management.Control;

namespace HareMQ.Hosting;

/// <summary>The configuration that a broker runs with, key by key, as the configuration file would spell it. Secrets are masked.</summary>
internal static class EffectiveConfiguration
{
    private const string Masked = "********";

    /// <summary>
    /// What was set, with the place where it was, and the defaults of the rest; a key that has none is left out, and
    /// <see cref="ConfigurationDefaults.Unset"/> says why.
    /// </summary>
    public static IReadOnlyList<EffectiveSetting> Describe(ServerSettings settings, IReadOnlyList<Setting> assignments)
    {
        var shown = new List<EffectiveSetting>();
        var assigned = assignments.GroupBy(one => one.Key, StringComparer.Ordinal)
            .Select(group => group.Last()).ToDictionary(one => one.Key, StringComparer.Ordinal);
        var defaults = ConfigurationDefaults.Of(settings).ToLookup(one => one.Pattern, one => (one.Key, one.Value));
        foreach (var key in ConfigurationKeys.All)
        {
            var set = assigned.Values.Where(one => KeyPattern.Matches(key.Name, one.Key)).OrderBy(one => one.Key, StringComparer.Ordinal);
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var one in set)
            {
                known.Add(one.Key);
                shown.Add(new EffectiveSetting(one.Key, key.Show(one.Key, one.Value) ?? Masked, one.Source));
            }

            foreach (var (name, value) in defaults[key.Name])
                if (known.Add(name)) shown.Add(new EffectiveSetting(name, key.Show(name, value) ?? Masked, ""));
        }

        return shown;
    }
}
