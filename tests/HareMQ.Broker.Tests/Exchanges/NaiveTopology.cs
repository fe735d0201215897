using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Exchanges;

internal sealed record NaiveBinding(string Source, string Destination, string Key, FieldTable Arguments);

internal sealed record NaiveExchange(string Type, bool AutoDelete)
{
    public string? Alternate { get; set; }
}

/// <summary>A virtual host's exchanges, queues and bindings as plain lists, searched from end to end for each message.</summary>
internal sealed class NaiveTopology
{
    public Dictionary<string, NaiveExchange> Exchanges { get; } = [];

    public HashSet<string> Queues { get; } = [];

    public List<NaiveBinding> Bindings { get; } = [];

    public string[] Route(string exchange, string key, FieldTable headers)
    {
        string[] keys = [key, .. FurtherKeys(headers, "CC"), .. FurtherKeys(headers, "BCC")];
        var (queues, visited) = (new HashSet<string>(), new HashSet<string>());
        Visit(exchange);
        return [.. queues.Order(StringComparer.Ordinal)];

        void Visit(string name)
        {
            if (!visited.Add(name)) return;
            var destinations = Bindings
                .Where(b => b.Source == name
                    && keys.Any(k => NaiveMatching.Matches(Exchanges[name].Type, b.Key, b.Arguments, k, headers)))
                .Select(b => b.Destination)
                .ToList();
            if (name.Length == 0) destinations.AddRange(keys.Where(Queues.Contains));
            if (destinations.Count == 0 && Exchanges[name].Alternate is { } alternate && Exchanges.ContainsKey(alternate)) Visit(alternate);
            foreach (var destination in destinations)
            {
                if (Exchanges.ContainsKey(destination)) Visit(destination);
                else queues.Add(destination);
            }
        }
    }

    /// <summary>Returns the auto-delete exchanges that went too.</summary>
    public List<string> Unbind(NaiveBinding binding)
    {
        var deleted = new List<string>();
        Remove([binding], deleted);
        return deleted;
    }

    /// <summary>Returns the auto-delete exchanges that went too.</summary>
    public List<string> Delete(string target)
    {
        var deleted = new List<string>();
        Exchanges.Remove(target);
        Queues.Remove(target);
        Bindings.RemoveAll(b => b.Source == target);
        Remove([.. Bindings.Where(b => b.Destination == target)], deleted);
        return deleted;
    }

    private void Remove(NaiveBinding[] bindings, List<string> deleted)
    {
        foreach (var binding in bindings)
        {
            Bindings.Remove(binding);
            if (!Exchanges.TryGetValue(binding.Source, out var source) || !source.AutoDelete) continue;
            if (Bindings.Any(b => b.Source == binding.Source)) continue;
            deleted.Add(binding.Source);
            deleted.AddRange(Delete(binding.Source));
        }
    }

    private static IEnumerable<string> FurtherKeys(FieldTable headers, string name) =>
        headers.TryGet(name, out var keys) ? keys.AsArray().Select(k => k.ToString()) : [];
}
