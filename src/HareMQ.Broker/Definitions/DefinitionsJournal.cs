using System.Text.Json;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Definitions;

/// <summary>Writes definitions to the store's log and reads them back. Thread-safe.</summary>
internal sealed class DefinitionsJournal(DefinitionsLog log, ILogger logger)
{
    /// <summary>Some of what was written in former lives could not be read.</summary>
    public bool HadDamage => log.HadDamage;

    /// <summary>
    /// Writes one change. It survives a crash of the process from now on, and a power cut once the task has ended (which is before any later
    /// confirm: all wait for the same sync loop).
    /// </summary>
    public Task AppendAsync(Definition definition)
    {
        Append(definition);
        return SyncAsync();
    }

    public void Append(Definition definition) => log.Append(Encode(definition));

    public Task SyncAsync()
    {
        var synced = new Synced();
        log.RequestSync(synced);
        return synced.Task;
    }

    public IEnumerable<Definition> ReadAll()
    {
        foreach (var line in log.ReadAll())
        {
            if (TryDecode(line.Span) is { } definition) yield return definition;
        }
    }

    /// <summary>Replaces the whole log by the present state when it has grown far beyond it.</summary>
    public void CompactIfWorthwhile(IReadOnlyCollection<Definition> present)
    {
        if (log.RecordCount > (present.Count * 2L) + 1000) Replace(present);
    }

    /// <summary>Makes this the whole log, durably: after a crash there is all of it or what was there before.</summary>
    public void Replace(IEnumerable<Definition> present) => log.Rewrite(present.Select(definition => (ReadOnlyMemory<byte>)Encode(definition)));

    private static byte[] Encode(Definition definition) => JsonSerializer.SerializeToUtf8Bytes(definition, DefinitionJson.Default.Definition);

    private Definition? TryDecode(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, DefinitionJson.Default.Definition);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            BrokerLog.DefinitionSkipped(logger, System.Text.Encoding.UTF8.GetString(line), error);
            return null;
        }
    }

    private sealed class Synced : ISyncCompletion
    {
        private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _source.Task;

        public void OnSynced(Exception? error)
        {
            if (error is null) _source.SetResult();
            else _source.SetException(error);
        }
    }
}
