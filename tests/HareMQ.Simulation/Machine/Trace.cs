namespace HareMQ.Simulation.Machine;

/// <summary>What happened in a run, as a hash: two runs of one seed must agree. Printed as well when somebody looks for the cause of a failure.</summary>
internal sealed class Trace(TextWriter? output)
{
    private ulong _hash = 14695981039346656037;

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    public string Hash => $"{_hash:x16}";

    /// <summary>A part of the run.</summary>
    public void Note(string what)
    {
        Count++;
        foreach (var character in what) Mix(character);
        Mix('\n');
        output?.WriteLine($"{Count,7} {what}");
    }

    /// <summary>Only for those who read: not the same in each run (generations, times of the machine).</summary>
    public void Comment(string what) => output?.WriteLine($"        # {what}");

    // FNV-1a.
    private void Mix(char value) => _hash = (_hash ^ value) * 1099511628211;
}
