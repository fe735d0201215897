namespace HareMQ.Simulation.Machine;

/// <summary>What is to go wrong with the disk, and at which of its calls.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="AtCall">The number of the call, from 1 on, counted over all lives of the broker.</param>
/// <param name="Calls">How many calls fail in a row; a power cut is for once.</param>
internal sealed record FaultPlan(FaultKind Kind, long AtCall, int Calls = 1);

internal enum FaultKind
{
    None,
    PowerCut,
    ProcessKill,

    /// <summary>ENOSPC for whatever needs room.</summary>
    DiskFull,

    /// <summary>EIO, whatever the call is.</summary>
    InputOutput,

    /// <summary>EIO, for the next syncs from that call on.</summary>
    SyncFails,

    /// <summary>EIO, for the next reads from that call on.</summary>
    ReadFails,
}
