using System.Text.Json;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.VirtualHosts;

namespace HareMQ.Broker;

/// <summary>Definitions that the broker keeps for those who manage it.</summary>
internal sealed partial class BrokerCore
{
    public ParameterStore Parameters { get; } = new();

    /// <returns>False when it replaced another value.</returns>
    public async Task<bool> SetParameterAsync(ParameterId id, JsonElement value)
    {
        bool isNew;
        lock (_changing)
        {
            isNew = Parameters.Set(id, value);
            _journal.Append(new ParameterPut(id.Component, id.VirtualHost, id.Name, value));
            if (Events.AreWanted) Events.ParameterSet(id, value);
        }

        await _journal.SyncAsync();
        return isNew;
    }

    /// <returns>False when there was none.</returns>
    public async Task<bool> ClearParameterAsync(ParameterId id)
    {
        lock (_changing)
        {
            if (!Parameters.Remove(id)) return false;
            _journal.Append(new ParameterGone(id.Component, id.VirtualHost, id.Name));
            if (Events.AreWanted) Events.ParameterCleared(id);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <returns>False when it replaced another value.</returns>
    public async Task<bool> SetGlobalParameterAsync(string name, JsonElement value)
    {
        bool isNew;
        lock (_changing)
        {
            isNew = Parameters.SetGlobal(name, value);
            _journal.Append(new GlobalParameterPut(name, value));
            if (Events.AreWanted) Events.GlobalParameterSet(name, value);
        }

        await _journal.SyncAsync();
        return isNew;
    }

    /// <returns>False when there was none.</returns>
    public async Task<bool> ClearGlobalParameterAsync(string name)
    {
        lock (_changing)
        {
            if (!Parameters.RemoveGlobal(name)) return false;
            _journal.Append(new GlobalParameterGone(name));
            if (Events.AreWanted) Events.GlobalParameterCleared(name);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <returns>False when there is no such virtual host.</returns>
    public async Task<bool> ChangeMetadataAsync(string virtualHost, Func<VirtualHostMetadata, VirtualHostMetadata> change)
    {
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(virtualHost, out var found)) return false;
            var metadata = change(found.Metadata);
            if (metadata == found.Metadata) return true;
            found.Metadata = metadata;
            _journal.Append(Describe(found));
            if (Events.AreWanted) Events.VirtualHostUpdated(found);
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <summary>Turns the firehose of a virtual host on or off; kept over restarts.</summary>
    /// <returns>False when there is no such virtual host.</returns>
    public async Task<bool> SetTracingAsync(string virtualHost, bool on)
    {
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(virtualHost, out var found)) return false;
            if (found.Firehose is not null == on) return true;
            found.SetTracing(on);
            _journal.Append(Describe(found));
            if (Events.AreWanted) Events.VirtualHostUpdated(found);
        }

        await _journal.SyncAsync();
        return true;
    }

    private static VirtualHostPut Describe(VirtualHost virtualHost)
    {
        var metadata = virtualHost.Metadata;
        return new VirtualHostPut(
            virtualHost.Name, metadata.Description, [.. metadata.Tags], metadata.DefaultQueueType, virtualHost.Firehose is not null,
            metadata.ProtectedFromDeletion);
    }

    private void RecoverParameters(DefinitionsState state)
    {
        foreach (var put in state.Parameters) Parameters.Set(new ParameterId(put.Component, put.VirtualHost, put.Name), put.Value);
        foreach (var put in state.GlobalParameters) Parameters.SetGlobal(put.Name, put.Value);
    }

    private static VirtualHostMetadata MetadataOf(VirtualHostPut put) =>
        new(put.Description ?? "", put.Tags ?? [], put.DefaultQueueType, put.ProtectedFromDeletion);
}
