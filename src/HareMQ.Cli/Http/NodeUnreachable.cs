using System.Net.Sockets;
using System.Text;

namespace HareMQ.Cli;

/// <summary>Says what was tried, why it failed and what to do about it.</summary>
internal static class NodeUnreachable
{
    public static CliException Because(ControlAddress address, HttpRequestException error)
    {
        var text = new StringBuilder(
            "unable to perform an operation on the node. Please see diagnostics information and suggestions below.\n\n");
        if (address.Url is { } url)
        {
            text.Append($" * {url}: {Cause(error)}\n\n");
            text.Append("Is the HTTP API on (management.tcp.port), and is this its address?");
        }
        else if (address.Socket is { } socket)
        {
            text.Append($" * {socket}: {Cause(error)}\n\n").Append(Advice(error));
        }
        else
        {
            foreach (var path in address.Tried) text.Append($" * {path}: there is no such socket\n");
            text.Append("\nIs haremq running? Name its data directory with --data-dir or HAREMQ_DATA_DIR, its socket with --socket, "
                + "or its URL with --url.");
        }

        return CliException.Bare(ExitCode.Unavailable, $"Error: {text}");
    }

    private static string Cause(HttpRequestException error) => (error.InnerException ?? error).Message;

    private static string Advice(HttpRequestException error) =>
        error.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied }
        ? "Only the account that runs haremq, and root, may open the socket: try it with sudo, or use --url with a user of the broker."
        : "The socket was left by a broker that has died, or the broker is about to end. Start haremq.";
}
