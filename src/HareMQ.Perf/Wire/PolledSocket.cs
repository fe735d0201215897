using System.Net.Sockets;

namespace HareMQ.Perf;

/// <summary>A socket that does not block, with what its <see cref="Poller"/> last said of it.</summary>
internal abstract class PolledSocket(Socket socket)
{
    public Socket Socket { get; } = socket;

    /// <summary>Set by the poller; cleared by the reader once there is nothing more.</summary>
    public bool CanRead { get; set; }

    /// <summary>The other side has finished: said once, perhaps together with its last bytes, so the reader must read to the end.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Set by the writer when the kernel takes no more; cleared by the poller.</summary>
    public bool IsWriteBlocked { get; set; }
}
