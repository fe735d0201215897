using System.Text.Json.Nodes;

namespace HareMQ.Management.Http;

/// <summary>What an endpoint answers: a status, and a JSON value or a list of them or nothing.</summary>
internal sealed class ApiResponse
{
    public static readonly ApiResponse Created = new() { Status = 201 };
    public static readonly ApiResponse NoContent = new() { Status = 204 };
    public static readonly ApiResponse Accepted = new() { Status = 202 };

    public int Status { get; init; } = 200;

    public JsonNode? Body { get; init; }

    /// <summary>Instead of a body: filtered, sorted and paged as the query says.</summary>
    public ApiList? List { get; init; }

    /// <summary>Relative, as RabbitMQ's.</summary>
    public string? Location { get; init; }

    /// <summary>The name under which a browser saves it.</summary>
    public string? FileName { get; init; }

    public static implicit operator ApiResponse(JsonNode body) => new() { Body = body };

    public static implicit operator ApiResponse(ApiList list) => new() { List = list };

    public static implicit operator ValueTask<ApiResponse>(ApiResponse response) => new(response);

    /// <summary>For PUT.</summary>
    public static ApiResponse CreatedOrUpdated(bool created) => created ? Created : NoContent;

    public static ApiResponse GoneOrNotFound(bool gone) => gone ? NoContent : throw ApiException.NotFound();
}
