namespace HareMQ.Perf;

/// <summary>What the program's exit code says; scripts depend on the numbers.</summary>
internal enum ExitCode
{
    /// <summary>Everything that was sent is accounted for.</summary>
    Success = 0,

    /// <summary>The command line, or the state of the broker's queues, does not allow the run.</summary>
    Usage = 1,

    /// <summary>The broker closed a channel or a connection, cancelled a consumer, or sent what AMQP does not allow.</summary>
    BrokerClosed = 2,

    /// <summary>No connection, a lost one, or no answer in time.</summary>
    ConnectionLost = 3,

    /// <summary>The broker sent connection.blocked: figures would be those of its alarm.</summary>
    Blocked = 4,

    /// <summary>The run came to its end, but the counts do not add up.</summary>
    NotReconciled = 5,

    /// <summary>Stopped by Ctrl-C before its end.</summary>
    Interrupted = 130,
}
