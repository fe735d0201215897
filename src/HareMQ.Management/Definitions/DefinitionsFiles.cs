namespace HareMQ.Management.Definitions;

/// <summary>One file, or all <c>*.json</c> of a directory in the order of their names.</summary>
internal sealed class DefinitionsFiles(string path) : IDefinitionsSource
{
    public string Name => path;

    public Task<IReadOnlyList<DefinitionsDocument>> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var names = Directory.Exists(path)
                ? Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal).ToArray()
                : [path];
            return Task.FromResult<IReadOnlyList<DefinitionsDocument>>(
                [.. names.Select(name => new DefinitionsDocument(name, File.ReadAllBytes(name)))]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BootDefinitionsException($"{path}: the definitions cannot be read: {error.Message}", error);
        }
    }
}
