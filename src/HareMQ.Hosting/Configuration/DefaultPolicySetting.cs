using System.Text.Json.Nodes;

namespace HareMQ.Hosting;

/// <summary>What the lines of one of <c>default_policies.operator</c> add up to.</summary>
internal sealed class DefaultPolicySetting(string name)
{
    private readonly JsonObject _definition = [];

    public HareDefaultPolicy Policy { get; set; } = new(name, "{}");

    public HareDefaultPolicy ToPolicy() => Policy with { Definition = _definition.ToJsonString() };

    public bool Set(string key, long value)
    {
        _definition[key] = value;
        return true;
    }
}
