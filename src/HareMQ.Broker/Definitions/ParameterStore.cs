using System.Collections.Immutable;
using System.Text.Json;

namespace HareMQ.Broker.Definitions;

/// <summary>
/// Values that tools and plugins keep in a broker: by component, virtual host and name, or by name alone (global ones). The broker itself
/// makes nothing of them. Any thread; changes come from <see cref="BrokerCore"/>, one at a time.
/// </summary>
internal sealed class ParameterStore
{
    private volatile ImmutableSortedDictionary<ParameterId, JsonElement> _parameters =
        ImmutableSortedDictionary.Create<ParameterId, JsonElement>(ParameterId.Order);

    private volatile ImmutableSortedDictionary<string, JsonElement> _globals =
        ImmutableSortedDictionary.Create<string, JsonElement>(StringComparer.Ordinal);

    public IReadOnlyDictionary<ParameterId, JsonElement> Parameters => _parameters;

    public IReadOnlyDictionary<string, JsonElement> Globals => _globals;

    /// <returns>False: replaced.</returns>
    public bool Set(ParameterId id, JsonElement value)
    {
        var isNew = !_parameters.ContainsKey(id);
        _parameters = _parameters.SetItem(id, value);
        return isNew;
    }

    public bool Remove(ParameterId id)
    {
        if (!_parameters.ContainsKey(id)) return false;
        _parameters = _parameters.Remove(id);
        return true;
    }

    public void RemoveVirtualHost(string name) =>
        _parameters = _parameters.RemoveRange(_parameters.Keys.Where(id => id.VirtualHost == name));

    /// <returns>False: replaced.</returns>
    public bool SetGlobal(string name, JsonElement value)
    {
        var isNew = !_globals.ContainsKey(name);
        _globals = _globals.SetItem(name, value);
        return isNew;
    }

    public bool RemoveGlobal(string name)
    {
        if (!_globals.ContainsKey(name)) return false;
        _globals = _globals.Remove(name);
        return true;
    }
}

internal readonly record struct ParameterId(string Component, string VirtualHost, string Name)
{
    public static IComparer<ParameterId> Order { get; } = Comparer<ParameterId>.Create(static (left, right) =>
        string.CompareOrdinal(left.Component, right.Component) is not 0 and var component ? component
        : string.CompareOrdinal(left.VirtualHost, right.VirtualHost) is not 0 and var virtualHost ? virtualHost
        : string.CompareOrdinal(left.Name, right.Name));
}
