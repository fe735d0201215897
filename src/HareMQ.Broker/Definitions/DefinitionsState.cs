using HareMQ.Broker.Policies;

namespace HareMQ.Broker.Definitions;

/// <summary>What the lines of a definitions log add up to: the last word on each thing, in an order in which they can be built.</summary>
internal sealed class DefinitionsState
{
    private readonly Dictionary<string, VirtualHostPut> _virtualHosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserPut> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<(string User, string VirtualHost), PermissionPut> _permissions = [];
    private readonly Dictionary<(string User, string VirtualHost, string Exchange), TopicPermissionPut> _topicPermissions = [];
    private readonly Dictionary<string, VirtualHostLimitsPut> _virtualHostLimits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserLimitsPut> _userLimits = new(StringComparer.Ordinal);
    private readonly Dictionary<(PolicyKind Kind, string VirtualHost, string Name), Definition> _policies = [];
    private readonly Dictionary<(string VirtualHost, string Name), (ExchangePut Put, long Line)> _exchanges = [];
    private readonly Dictionary<(string VirtualHost, string Name), (QueuePut Put, long Line)> _queues = [];

    private readonly Dictionary<(string Component, string VirtualHost, string Name), ParameterPut> _parameters = [];
    private readonly Dictionary<string, GlobalParameterPut> _globalParameters = new(StringComparer.Ordinal);

    /// <summary>With each binding the lines that made its ends: a binding whose queue was deleted and made anew is gone.</summary>
    private readonly Dictionary<BindingId, (BindingPut Put, long SourceLine, long DestinationLine)> _bindings = [];

    private long _line;

    public bool IsEmpty => _virtualHosts.Count == 0 && _users.Count == 0;

    public IReadOnlyCollection<VirtualHostPut> VirtualHosts => _virtualHosts.Values;

    public IReadOnlyCollection<UserPut> Users => _users.Values;

    public IReadOnlyCollection<PermissionPut> Permissions => _permissions.Values;

    public IReadOnlyCollection<TopicPermissionPut> TopicPermissions => _topicPermissions.Values;

    public IReadOnlyCollection<VirtualHostLimitsPut> VirtualHostLimits => _virtualHostLimits.Values;

    public IReadOnlyCollection<UserLimitsPut> UserLimits => _userLimits.Values;

    /// <summary>For <see cref="PolicyLines"/> to read.</summary>
    public IReadOnlyCollection<Definition> Policies => _policies.Values;

    public IEnumerable<ExchangePut> Exchanges => _exchanges.Values.Select(exchange => exchange.Put);

    public IEnumerable<QueuePut> Queues => _queues.Values.Select(queue => queue.Put);

    public IEnumerable<BindingPut> Bindings => _bindings.Values
        .Where(binding => binding is { SourceLine: >= 0, DestinationLine: >= 0 }
            && LineOfSource(binding.Put) == binding.SourceLine && LineOfDestination(binding.Put) == binding.DestinationLine)
        .Select(binding => binding.Put);

    public IReadOnlyCollection<ParameterPut> Parameters => _parameters.Values;

    public IReadOnlyCollection<GlobalParameterPut> GlobalParameters => _globalParameters.Values;

    /// <summary>The shortest log that gives this state.</summary>
    public IReadOnlyCollection<Definition> Lines =>
        [
            .. VirtualHosts, .. Users, .. Permissions, .. TopicPermissions, .. VirtualHostLimits, .. UserLimits, .. Policies,
            .. Exchanges, .. Queues, .. Bindings, .. Parameters, .. GlobalParameters,
        ];

    public void Apply(Definition definition)
    {
        _line++;
        switch (definition)
        {
            case VirtualHostPut put: _virtualHosts[put.Name] = put; break;
            case VirtualHostGone gone: RemoveVirtualHost(gone.Name); break;
            case UserPut put: _users[put.Name] = put; break;
            case UserGone gone: RemoveUser(gone.Name); break;
            case PermissionPut put: _permissions[(put.User, put.VirtualHost)] = put; break;
            case PermissionGone gone: _permissions.Remove((gone.User, gone.VirtualHost)); break;
            case TopicPermissionPut put: _topicPermissions[(put.User, put.VirtualHost, put.Exchange)] = put; break;
            case TopicPermissionGone gone: RemoveTopicPermissions(gone); break;
            case VirtualHostLimitsPut put: _virtualHostLimits[put.VirtualHost] = put; break;
            case UserLimitsPut put: _userLimits[put.User] = put; break;
            case PolicyPut or OperatorPolicyPut: _policies[PolicyLines.Id(definition)] = definition; break;
            case PolicyGone or OperatorPolicyGone: _policies.Remove(PolicyLines.Id(definition)); break;
            case ExchangePut put: _exchanges[(put.VirtualHost, put.Name)] = (put, _line); break;
            case ExchangeGone gone: _exchanges.Remove((gone.VirtualHost, gone.Name)); break;
            case QueuePut put: _queues[(put.VirtualHost, put.Name)] = (put, _line); break;
            case QueueGone gone: _queues.Remove((gone.VirtualHost, gone.Name)); break;
            case BindingPut put: AddBinding(put); break;
            case BindingGone gone: _bindings.Remove(Identify(gone)); break;
            case ParameterPut put: _parameters[(put.Component, put.VirtualHost, put.Name)] = put; break;
            case ParameterGone gone: _parameters.Remove((gone.Component, gone.VirtualHost, gone.Name)); break;
            case GlobalParameterPut put: _globalParameters[put.Name] = put; break;
            case GlobalParameterGone gone: _globalParameters.Remove(gone.Name); break;
        }
    }

    private void AddBinding(BindingPut put)
    {
        var id = new BindingId(put.VirtualHost, put.Source, put.Destination, put.ToExchange, put.Key, Convert.ToBase64String(put.Arguments));
        _bindings[id] = (put, LineOfSource(put), LineOfDestination(put));
    }

    private static BindingId Identify(BindingGone gone) =>
        new(gone.VirtualHost, gone.Source, gone.Destination, gone.ToExchange, gone.Key, Convert.ToBase64String(gone.Arguments));

    /// <summary>0 for predeclared exchanges, which no line makes; -1 for what is not there.</summary>
    private long LineOfSource(BindingPut put) => LineOfExchange(put.VirtualHost, put.Source);

    private long LineOfDestination(BindingPut put)
    {
        if (put.ToExchange) return LineOfExchange(put.VirtualHost, put.Destination);
        return _queues.TryGetValue((put.VirtualHost, put.Destination), out var queue) ? queue.Line : -1;
    }

    private long LineOfExchange(string virtualHost, string name)
    {
        if (_exchanges.TryGetValue((virtualHost, name), out var exchange)) return exchange.Line;
        return name.StartsWith("amq.", StringComparison.Ordinal) ? 0 : -1;
    }

    private void RemoveVirtualHost(string name)
    {
        _virtualHosts.Remove(name);
        foreach (var key in _permissions.Keys.Where(key => key.VirtualHost == name).ToArray()) _permissions.Remove(key);
        foreach (var key in _topicPermissions.Keys.Where(key => key.VirtualHost == name).ToArray()) _topicPermissions.Remove(key);
        _virtualHostLimits.Remove(name);
        foreach (var key in _policies.Keys.Where(key => key.VirtualHost == name).ToArray()) _policies.Remove(key);
        foreach (var key in _exchanges.Keys.Where(key => key.VirtualHost == name).ToArray()) _exchanges.Remove(key);
        foreach (var key in _queues.Keys.Where(key => key.VirtualHost == name).ToArray()) _queues.Remove(key);
        foreach (var key in _bindings.Keys.Where(key => key.VirtualHost == name).ToArray()) _bindings.Remove(key);
        foreach (var key in _parameters.Keys.Where(key => key.VirtualHost == name).ToArray()) _parameters.Remove(key);
    }

    private void RemoveUser(string name)
    {
        _users.Remove(name);
        foreach (var key in _permissions.Keys.Where(key => key.User == name).ToArray()) _permissions.Remove(key);
        foreach (var key in _topicPermissions.Keys.Where(key => key.User == name).ToArray()) _topicPermissions.Remove(key);
        _userLimits.Remove(name);
    }

    private void RemoveTopicPermissions(TopicPermissionGone gone)
    {
        foreach (var key in _topicPermissions.Keys.Where(key => key.User == gone.User && key.VirtualHost == gone.VirtualHost).ToArray())
            if (gone.Exchange is null || gone.Exchange == key.Exchange) _topicPermissions.Remove(key);
    }

    private readonly record struct BindingId(
        string VirtualHost, string Source, string Destination, bool ToExchange, string Key, string Arguments);
}
