namespace HareMQ.Simulation.Machine;

/// <summary>The disk over all lives of the broker: counts the calls, and lets go wrong what the plan says.</summary>
internal sealed class SimulatedDisk
{
    private readonly Random _random;
    private readonly Trace _trace;
    private readonly FaultPlan _plan;
    private int _failuresLeft;
    private MemoryFileSystem _files = new();

    public SimulatedDisk(Random random, Trace trace, FaultPlan plan)
    {
        _random = random;
        _trace = trace;
        _plan = plan;
        _files.HasWholeSync = random.Next(3) > 0;
        _files.OnCall = OnCall;
    }

    public MemoryFileSystem Files => _files;

    public long Calls { get; private set; }

    /// <summary>Some call has been refused in this life of the broker.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What is left since the power went or the process died in the middle of something; null while it goes on.</summary>
    public MemoryFileSystem? Remains { get; private set; }

    /// <summary>What is left is what a power cut leaves, not what the end of a process leaves.</summary>
    public bool LostPower { get; private set; }

    /// <summary>Nothing fails any more.</summary>
    public bool IsHealed { get; set; }

    public void LosePower() => End(_files.AfterPowerCut(_random, keep: _random.Next(5) / 4.0), lostPower: true);

    public void Kill() => End(_files.AfterKill(), lostPower: false);

    /// <summary>The next life begins with what is left.</summary>
    public void Continue()
    {
        if (Remains is null) return;
        _files.OnCall = null;
        _files = Remains;
        _files.OnCall = OnCall;
        Remains = null;
        HasFailed = false;
    }

    private void End(MemoryFileSystem remains, bool lostPower)
    {
        if (Remains is not null) return;
        Remains = remains;
        LostPower = lostPower;
    }

    private DiskFault OnCall(DiskCall call, string path)
    {
        // What happens after the end of the process does not happen.
        if (Remains is not null) return DiskFault.None;
        Calls++;
        _trace.Note($"disk {call} {ShortName(path)}");
        if (Calls == _plan.AtCall && _plan.Kind != FaultKind.None)
        {
            if (_plan.Kind == FaultKind.PowerCut) LosePower();
            else if (_plan.Kind == FaultKind.ProcessKill) Kill();
            else _failuresLeft = _plan.Calls;
            _files.TornWriteBytes = _random.Next(200);
        }

        if (_failuresLeft == 0 || IsHealed || !IsHit(call)) return DiskFault.None;
        _failuresLeft--;
        HasFailed = true;
        _trace.Note($"disk refuses {call}");
        return _plan.Kind == FaultKind.DiskFull ? DiskFault.Full : DiskFault.Error;
    }

    private bool IsHit(DiskCall call) => _plan.Kind switch
    {
        FaultKind.DiskFull => call is DiskCall.Create or DiskCall.Write or DiskCall.CreateDirectory,
        FaultKind.InputOutput => true,
        FaultKind.SyncFails => call is DiskCall.Sync or DiskCall.SyncAll or DiskCall.SyncDirectory,
        FaultKind.ReadFails => call is DiskCall.Read or DiskCall.Open,
        _ => false,
    };

    /// <summary>Without what is random in names.</summary>
    private static string ShortName(string path)
    {
        var name = Path.GetFileName(path);
        return name.Length > 25 && name[8] == '-' ? string.Concat(name.AsSpan(0, 8), Path.GetExtension(name)) : name;
    }
}
