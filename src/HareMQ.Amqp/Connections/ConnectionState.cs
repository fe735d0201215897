namespace HareMQ.Amqp.Connections;

internal enum ConnectionState : byte
{
    /// <summary>Waiting for the 8 bytes of the protocol header.</summary>
    ExpectingHeader,

    /// <summary>connection.start is sent.</summary>
    Starting,

    /// <summary>connection.tune is sent.</summary>
    Tuning,

    /// <summary>tune-ok has come, connection.open has not.</summary>
    Opening,

    Running,

    /// <summary>connection.close is sent; everything but the answer is ignored.</summary>
    Closing,

    /// <summary>All is said, or the client's bytes are no frames: everything is ignored until it hangs up.</summary>
    Discarding,

    Closed,
}
