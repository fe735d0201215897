using HareMQ.Protocol;

namespace HareMQ.Management.Http;

/// <summary>An answer that is not the one that was asked for.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="error">A word for programs.</param>
/// <param name="reason">A text for people.</param>
internal sealed class ApiException(int status, string error, string reason) : Exception(reason)
{
    public int Status => status;

    public string Error => error;

    public string Reason => Message;

    public static ApiException BadRequest(string reason) => new(400, "bad_request", reason);

    public static ApiException NotFound() => new(404, "Object Not Found", "Not Found");

    public static ApiException NotAuthorised(string reason) => new(401, "not_authorised", reason);

    /// <summary>What a broker says over AMQP, in the words of the HTTP API.</summary>
    public static ApiException From(AmqpException error) => error.Code switch
    {
        ReplyCode.NotFound => new(404, "not_found", error.Message),
        ReplyCode.AccessRefused => NotAuthorised(error.Message),
        _ => BadRequest($"{(int)error.Code} {error.Message}"),
    };
}
