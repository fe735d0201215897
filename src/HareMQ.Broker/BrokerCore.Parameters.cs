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
        }

        await _journal.SyncAsync();
        return true;
    }

    /// <returns>False when there is no such virtual host.</returns>
    public async Task<bool> SetMetadataAsync(string virtualHost, VirtualHostMetadata metadata)
    {
        lock (_changing)
        {
            if (!_virtualHosts.TryGetValue(virtualHost, out var found)) return false;
            found.Metadata = metadata;
            _journal.Append(new VirtualHostPut(virtualHost, metadata.Description, [.. metadata.Tags], metadata.DefaultQueueType));
        }

        await _journal.SyncAsync();
        return true;
    }

    private void RecoverParameters(DefinitionsState state)
    {
        foreach (var put in state.Parameters) Parameters.Set(new ParameterId(put.Component, put.VirtualHost, put.Name), put.Value);
        foreach (var put in state.GlobalParameters) Parameters.SetGlobal(put.Name, put.Value);
    }

    private static VirtualHostMetadata MetadataOf(VirtualHostPut put) => new(put.Description ?? "", put.Tags ?? [], put.DefaultQueueType);
}
