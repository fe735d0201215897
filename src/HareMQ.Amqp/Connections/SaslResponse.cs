using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Connections;

/// <summary>Reads who the client says it is. The password is not turned into a string: it need not stay in memory.</summary>
internal static class SaslResponse
{
    /// <summary>PLAIN: authorization id (ignored), NUL, user, NUL, password.</summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR.</exception>
    public static (string User, byte[] Password) ReadPlain(ReadOnlySpan<byte> response)
    {
        var user = response.IndexOf((byte)0);
        if (user < 0) throw AmqpErrors.MalformedResponse("PLAIN");
        var rest = response[(user + 1)..];
        var password = rest.IndexOf((byte)0);
        if (password < 0) throw AmqpErrors.MalformedResponse("PLAIN");
        return (Encoding.UTF8.GetString(rest[..password]), rest[(password + 1)..].ToArray());
    }

    /// <summary>AMQPLAIN: a field table without its length, with LOGIN and PASSWORD.</summary>
    /// <exception cref="ConnectionException">502 SYNTAX_ERROR.</exception>
    public static (string User, byte[] Password) ReadAmqPlain(ReadOnlySpan<byte> response)
    {
        var table = FieldTable.FromEncoded(response);
        if (!table.TryGet("LOGIN", out var login) || !login.TryGetString(out var user)
            || !table.TryGet("PASSWORD", out var password) || password.Type != FieldType.LongString)
            throw AmqpErrors.MalformedResponse("AMQPLAIN");
        return (user, password.AsBytes.ToArray());
    }
}
