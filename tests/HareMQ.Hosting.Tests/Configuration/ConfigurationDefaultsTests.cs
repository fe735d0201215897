namespace HareMQ.Hosting.Tests;

/// <summary>What <c>harectl environment</c> shows of keys that nobody has set.</summary>
public sealed class ConfigurationDefaultsTests
{
    private static readonly (string Pattern, string Key, string Value)[] s_defaults = [.. ConfigurationDefaults.Of(new ServerSettings())];

    [Fact]
    public void Every_key_has_a_default_or_a_reason_why_it_has_none()
    {
        var known = s_defaults.Select(one => one.Pattern).Concat(ConfigurationDefaults.Unset.Keys).ToHashSet(StringComparer.Ordinal);
        Assert.All(ConfigurationKeys.All, key => Assert.Contains(key.Name, known));
        Assert.Empty(known.Except(ConfigurationKeys.All.Select(key => key.Name)));
        Assert.All(s_defaults, one => Assert.DoesNotContain(one.Pattern, ConfigurationDefaults.Unset.Keys));
    }

    [Fact]
    public void A_configuration_of_all_defaults_is_one_and_changes_nothing()
    {
        var settings = new ServerSettings();
        ConfigurationKeys.Apply(settings, [.. s_defaults.Select(one => new Setting(one.Key, one.Value, "defaults"))]);
        Assert.Equal(s_defaults.Select(Shown).Order(), ConfigurationDefaults.Of(settings).Select(Shown).Order().Concat(Lists(settings)).Order());
    }

    private static string Shown((string Pattern, string Key, string Value) one) => $"{one.Key} = {one.Value}";

    /// <summary>Once somebody has set them, lists have no default any more.</summary>
    private static IEnumerable<string> Lists(ServerSettings settings) => s_defaults
        .Where(one => KeyPattern.IsFamily(one.Pattern) && ConfigurationDefaults.Of(settings).All(now => now.Pattern != one.Pattern))
        .Select(Shown);
}
