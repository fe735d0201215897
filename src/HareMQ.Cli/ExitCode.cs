namespace HareMQ.Cli;

/// <summary>RabbitMQ's, which are those of sysexits.h. Scripts depend on the numbers.</summary>
internal enum ExitCode
{
    Success = 0,

    /// <summary>Unknown command or option, wrong number of arguments, or the broker is not in the state that the command needs.</summary>
    Usage = 64,

    /// <summary>An argument that cannot be, or an object that does not exist.</summary>
    Data = 65,

    NoUser = 67,

    /// <summary>No broker to be reached, a check that failed, or a request that the broker refused.</summary>
    Unavailable = 69,

    /// <summary>The command failed.</summary>
    Software = 70,

    /// <summary>No answer in time.</summary>
    Timeout = 75,

    /// <summary>Stopped by Ctrl-C.</summary>
    Interrupted = 130,
}
