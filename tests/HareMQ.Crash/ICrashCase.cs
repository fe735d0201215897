namespace HareMQ.Crash;

/// <summary>One thing that is done to a broker, and what must be true afterwards.</summary>
internal interface ICrashCase
{
    string Name { get; }

    /// <summary>Throws when the broker breaks a promise.</summary>
    Task RunAsync(CaseContext context);
}

/// <summary>What a case runs with.</summary>
/// <param name="Random">Every choice of the case comes from here; when the kill comes also depends on the machine.</param>
/// <param name="Directory">Its own, empty; deleted after a success.</param>
internal sealed record CaseContext(Random Random, string Directory)
{
    /// <summary>What is noted here is printed with the result.</summary>
    public string Summary { get; set; } = "";

    public string DataDirectory => Path.Combine(Directory, "data");
}

/// <summary>The broker broke a promise.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>The case cannot run on this platform.</summary>
internal sealed class SkippedException(string reason) : Exception(reason);
