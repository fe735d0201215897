namespace HareMQ.Hosting;

/// <summary>One assignment and where it was made, for error messages: <c>haremq.conf:12</c>, <c>--set</c>.</summary>
internal sealed record Setting(string Key, string Value, string Source)
{
    public ConfigurationException Error(string what) => new($"{Source}: {what}");
}
