namespace HareMQ.Simulation.Runs;

/// <summary>What a run is like; all of it from its seed.</summary>
internal sealed class Profile(Random random)
{
    public Scenario Scenario { get; } = new(random);

    public int Steps { get; } = random.Next(500, 2500);

    /// <summary>Chance of each round of the sync loop to be put off once more.</summary>
    public double DiskSlowness { get; } = random.Next(3) == 0 ? 0.95 : 0.3;

    /// <summary>The wall clock is set now and then.</summary>
    public bool ClockJumps { get; } = random.Next(4) == 0;

    public int Publishers { get; } = random.Next(1, 4);

    public int Consumers { get; } = random.Next(0, 6);

    /// <summary>So many that a duplicate is likely, and not all messages are duplicates.</summary>
    public int Keys { get; } = random.Next(4, 60);

    /// <summary>
    /// Most publishes take one of the routes: so much happens to one queue between two syncs, or within one, as rarely does with many of them.
    /// Null: all the same.
    /// </summary>
    public int? Focus { get; } = random.Next(2) == 0 ? random.Next(100) : null;

    /// <summary>Of eight publishing channels, so many never ask what became of their messages.</summary>
    public int SilentPublishers { get; } = random.Next(3) == 0 ? 5 : 2;

    /// <summary>Ends of the broker, of any kind: chance per step.</summary>
    public double CrashRate { get; } = random.Next(5) * 0.001;
}
