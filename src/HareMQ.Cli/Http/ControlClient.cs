using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HareMQ.Cli;

/// <summary>Asks the broker over HTTP. Paths are below <c>/api/</c>, their parts escaped by <see cref="Path"/>.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly ControlAddress _address;
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _interrupt;

    /// <param name="address">Where to ask.</param>
    /// <param name="timeout">Of a request.</param>
    /// <param name="interrupt">Gives up.</param>
    public ControlClient(ControlAddress address, TimeSpan timeout, CancellationToken interrupt)
    {
        _address = address;
        _timeout = timeout;
        _interrupt = interrupt;
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (address.Url is null) handler.ConnectCallback = ConnectAsync;
        _http = new HttpClient(handler) { BaseAddress = address.Url ?? new Uri("http://localhost/"), Timeout = Timeout.InfiniteTimeSpan };
        if (address.Url is null) return;
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address.Username}:{address.Password}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
    }

    public static string Path(params IEnumerable<string> segments) => string.Join('/', segments.Select(Uri.EscapeDataString));

    /// <summary>An answer, whatever its status, but for those that tell that there is no broker to ask.</summary>
    /// <exception cref="CliException">No broker answers, it does not run, or it does not let this user in.</exception>
    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? reason = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_interrupt);
        limit.CancelAfter(_timeout);
        try
        {
            using var request = new HttpRequestMessage(method, $"api/{path}");
            if (body is not null) request.Content = new StringContent(Json.Text(body), Encoding.UTF8, "application/json");
            if (reason is not null) request.Headers.TryAddWithoutValidation("X-Reason", reason);
            using var response = await _http.SendAsync(request, limit.Token);
            return Checked(await ReadAsync(response, limit.Token));
        }
        catch (HttpRequestException error)
        {
            throw NodeUnreachable.Because(_address, error);
        }
        catch (OperationCanceledException) when (!_interrupt.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Timeout, $"the broker did not answer within {_timeout.TotalSeconds:0.#} seconds");
        }
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body ?? new JsonObject());

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public void Dispose() => _http.Dispose();

    private static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            return new Answer(response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (JsonException)
        {
            var beginning = text[..Math.Min(80, text.Length)];
            throw CliException.Unavailable($"what answers is no broker's HTTP API: {(int)response.StatusCode} {beginning}");
        }
    }

    private static Answer Checked(Answer answer) => answer.Status switch
    {
        HttpStatusCode.ServiceUnavailable when answer.Error == "app_not_running" => throw CliException.State(
            "this command requires the 'rabbit' app to be running on the target node. Start it with 'harectl start_app'."),
        HttpStatusCode.Unauthorized => throw CliException.Unavailable($"the broker refused: {answer.Reason}"),
        HttpStatusCode.InternalServerError => throw new CliException(ExitCode.Software, answer.Reason),
        _ => answer,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var path = _address.Socket ?? throw new SocketException((int)SocketError.AddressNotAvailable);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
