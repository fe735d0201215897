namespace HareMQ.Fuzz.Targets;

internal interface IFuzzTarget
{
    /// <summary>As the command line and the folder of the corpus spell it.</summary>
    string Name { get; }

    /// <summary>Valid inputs to start from.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>
    /// Bytes an accepted input may allocate: a constant and so many per byte of input. Not to depend on what the input claims.
    /// </summary>
    (int Constant, int PerByte) AllocationMax { get; }

    /// <summary>Feeds one input. May throw what ends a channel or a connection, and nothing else.</summary>
    void Run(ReadOnlySpan<byte> input);
}
