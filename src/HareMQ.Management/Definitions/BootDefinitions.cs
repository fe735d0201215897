using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Definitions;
using HareMQ.Management.Http;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management.Definitions;

/// <summary>
/// Loads definitions when the broker starts, before anybody can connect. All are read before the first is loaded, so one that is not JSON
/// changes nothing.
/// </summary>
/// <param name="sources">Where they are, in the order in which they are loaded.</param>
/// <param name="skipAlgorithm">Skips what was loaded before and has not changed, judged by this hash; null: loads them at each start.</param>
internal sealed class BootDefinitions(IReadOnlyList<IDefinitionsSource> sources, HashAlgorithmName? skipAlgorithm)
{
    /// <summary>Where RabbitMQ keeps the hash of what it has loaded.</summary>
    public const string HashParameter = "imported_definition_hash_value";

    /// <exception cref="BootDefinitionsException">A document cannot be read or loaded; the message names it, the place in it and the reason.</exception>
    public async Task LoadAsync(BrokerCore core, ILogger logger, CancellationToken cancellationToken)
    {
        var files = new List<DefinitionsDocument>();
        foreach (var source in sources) files.AddRange(await source.ReadAsync(cancellationToken));
        if (skipAlgorithm is { } algorithm)
        {
            var hash = Hash(files, algorithm);
            if (core.Parameters.Globals.TryGetValue(HashParameter, out var known) && known.ToString() == hash)
            {
                ManagementLog.DefinitionsUnchanged(logger, string.Join(", ", sources.Select(source => source.Name)));
                return;
            }

            await LoadAsync(files, core, logger);
            await core.SetGlobalParameterAsync(HashParameter, JsonBody.ToElement(JsonValue.Create(hash)));
            return;
        }

        await LoadAsync(files, core, logger);
    }

    private static async Task LoadAsync(List<DefinitionsDocument> files, BrokerCore core, ILogger logger)
    {
        var documents = files.Select(file => (file.Name, Root: file.Parse())).ToList();
        foreach (var (name, root) in documents)
        {
            var import = new DefinitionsImport(core, null);
            try
            {
                await import.RunAsync(new JsonBody(root));
            }
            catch (Exception error) when (error is ApiException or InvalidDefinitionException)
            {
                throw new BootDefinitionsException($"{name}: {import.Place}: {error.Message.Trim()}", error);
            }

            ManagementLog.DefinitionsLoaded(logger, name);
        }
    }

    private static string Hash(List<DefinitionsDocument> files, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        foreach (var file in files) hash.AppendData(file.Utf8);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What was to be loaded at the start cannot be; the message is one line for the operator.</summary>
internal sealed class BootDefinitionsException(string message, Exception? cause) : Exception(message, cause);
