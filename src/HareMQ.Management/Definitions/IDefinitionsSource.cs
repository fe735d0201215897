namespace HareMQ.Management.Definitions;

/// <summary>Where definitions are that are loaded at the start.</summary>
internal interface IDefinitionsSource
{
    /// <summary>For the operator; nothing secret.</summary>
    string Name { get; }

    /// <exception cref="BootDefinitionsException">They cannot be read; the message says why.</exception>
    Task<IReadOnlyList<DefinitionsDocument>> ReadAsync(CancellationToken cancellationToken);
}
