namespace HareMQ.Storage;

/// <summary>What a confirm stands for.</summary>
internal enum Durability
{
    /// <summary>The bytes are on stable storage: they survive a power cut.</summary>
    Fsync,

    /// <summary>The bytes are with the operating system: they survive the end of the process, not of the machine.</summary>
    Os,
}
