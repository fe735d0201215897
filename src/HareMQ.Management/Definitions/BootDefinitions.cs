using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Definitions;
using HareMQ.Management.Http;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management.Definitions;

/// <summary>
/// Loads definitions when the broker starts, before anybody can connect: one file, or all <c>*.json</c> of a directory in the order of their
/// names. All are read before the first is loaded, so a file that is not JSON changes nothing.
/// </summary>
/// <param name="path">The file or directory.</param>
/// <param name="skipAlgorithm">Skips what was loaded before and has not changed, judged by this hash; null: loads them at each start.</param>
internal sealed class BootDefinitions(string path, HashAlgorithmName? skipAlgorithm)
{
    /// <summary>Where RabbitMQ keeps the hash of what it has loaded.</summary>
    public const string HashParameter = "imported_definition_hash_value";

    /// <exception cref="BootDefinitionsException">A file cannot be read or loaded; the message names it, the place in it and the reason.</exception>
    public async Task LoadAsync(BrokerCore core, ILogger logger)
    {
        var files = Read();
        if (skipAlgorithm is { } algorithm)
        {
            var hash = Hash(files, algorithm);
            if (core.Parameters.Globals.TryGetValue(HashParameter, out var known) && known.ToString() == hash)
            {
                ManagementLog.DefinitionsUnchanged(logger, path);
                return;
            }

            await LoadAsync(files, core, logger);
            await core.SetGlobalParameterAsync(HashParameter, JsonBody.ToElement(JsonValue.Create(hash)));
            return;
        }

        await LoadAsync(files, core, logger);
    }

    private List<DefinitionsFile> Read()
    {
        try
        {
            var names = Directory.Exists(path)
                ? Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal).ToArray()
                : [path];
            return [.. names.Select(name => new DefinitionsFile(name, File.ReadAllBytes(name)))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BootDefinitionsException($"{path}: the definitions cannot be read: {error.Message}", error);
        }
    }

    private static async Task LoadAsync(List<DefinitionsFile> files, BrokerCore core, ILogger logger)
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

    private static string Hash(List<DefinitionsFile> files, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        foreach (var file in files) hash.AppendData(file.Utf8);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record DefinitionsFile(string Name, byte[] Utf8)
    {
        public JsonObject Parse()
        {
            ReadOnlySpan<byte> utf8 = Utf8;
            // Editors of Windows write one; JSON has none.
            if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8["\uFEFF"u8.Length..];
            try
            {
                // Reads all of it: a name that stands twice in one object shows only then.
                return JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }) as JsonObject
                    ?? throw new BootDefinitionsException($"{Name}: expected definitions as a JSON object", null);
            }
            catch (JsonException error)
            {
                // A name that stands twice has no place of its own.
                var place = error.LineNumber is null ? "" : $":{error.LineNumber + 1}:{error.BytePositionInLine + 1}";
                throw new BootDefinitionsException($"{Name}{place}: not JSON: {Reason(error)}", error);
            }
        }

        /// <summary>The runtime puts the place behind its message too.</summary>
        private static string Reason(JsonException error)
        {
            var place = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            return place < 0 ? error.Message : error.Message[..place];
        }
    }
}

/// <summary>What was to be loaded at the start cannot be; the message is one line for the operator.</summary>
internal sealed class BootDefinitionsException(string message, Exception? cause) : Exception(message, cause);
