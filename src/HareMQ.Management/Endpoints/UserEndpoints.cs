using System.Text.Json.Nodes;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Management.Http;
using HareMQ.Management.Objects;

namespace HareMQ.Management.Endpoints;

internal static class UserEndpoints
{
    public static void Add(EndpointTable table)
    {
        table.Get("/api/users", Access.Administrator, "All users", request => List(request, request.Context.Core.Access.Users));
        table.Get("/api/users/without-permissions", Access.Administrator, "Users who may enter no virtual host", WithoutPermissions);
        table.Post("/api/users/bulk-delete", Access.Administrator, "Deletes several users", BulkDelete);
        table.Get("/api/users/{user}", Access.Administrator, "A user",
            request => OverviewEndpoints.Answer(request, Render(request, Find(request))));
        table.Put("/api/users/{user}", Access.Administrator, "Creates or changes a user: password or password_hash, and tags", Put);
        table.Delete("/api/users/{user}", Access.Administrator, "Deletes a user", Delete);
        table.Get("/api/users/{user}/permissions", Access.Administrator, "What a user may do where", Permissions);
        table.Get("/api/users/{user}/topic-permissions", Access.Administrator, "Which routing keys a user may use", TopicPermissions);
    }

    /// <summary>The user that a body describes.</summary>
    /// <exception cref="ApiException">400.</exception>
    /// <exception cref="HareMQ.Broker.Definitions.InvalidDefinitionException">The password is not good enough.</exception>
    public static User Read(string name, JsonBody body, PasswordPolicy passwords)
    {
        if (!body.Has("tags")) throw ApiException.BadRequest("tags_not_present");
        return new User(name, ReadHash(body, passwords), body.Words("tags") ?? []);
    }

    private static PasswordHash ReadHash(JsonBody body, PasswordPolicy passwords)
    {
        if (body.Text("password_hash") is not { } hash)
            return body.Text("password") is { } password ? passwords.Hash(password) : PasswordHash.None;
        var algorithm = HashingAlgorithm.Sha256;
        if (body.Text("hashing_algorithm") is { } given && !HashingAlgorithms.TryParse(given, out algorithm))
            throw ApiException.BadRequest($"unknown hashing_algorithm '{given}'");
        try
        {
            return PasswordHash.Parse(hash, algorithm);
        }
        catch (ArgumentException error)
        {
            throw ApiException.BadRequest(error.Message);
        }
    }

    private static ValueTask<ApiResponse> List(ApiRequest request, IEnumerable<User> users) => (ApiResponse)ApiList.Of(
        users.OrderBy(user => user.Name, StringComparer.Ordinal), user => Render(request, user), user => user.Name);

    private static JsonObject Render(ApiRequest request, User user) =>
        UserObject.Render(user, request.Context.Core.Sessions.LimitsOf(user.Name));

    private static User Find(ApiRequest request) =>
        request.Context.Core.Access.TryGetUser(request["user"], out var user) ? user : throw ApiException.NotFound();

    private static ValueTask<ApiResponse> WithoutPermissions(ApiRequest request)
    {
        var access = request.Context.Core.Access;
        var permitted = access.Permissions.Select(entry => entry.User).ToHashSet(StringComparer.Ordinal);
        return List(request, access.Users.Where(user => !permitted.Contains(user.Name)));
    }

    private static async ValueTask<ApiResponse> Put(ApiRequest request)
    {
        var core = request.Context.Core;
        var name = request["user"];
        if (name.Length == 0) throw ApiException.BadRequest("a user needs a name");
        var user = Read(name, await request.BodyAsync(), core.Passwords);
        var isNew = !core.Access.TryGetUser(name, out _);
        await core.PutUserAsync(user);
        return ApiResponse.CreatedOrUpdated(isNew);
    }

    private static async ValueTask<ApiResponse> Delete(ApiRequest request)
    {
        return ApiResponse.GoneOrNotFound(await DeleteAsync(request, request["user"]));
    }

    private static async ValueTask<ApiResponse> BulkDelete(ApiRequest request)
    {
        var body = await request.BodyAsync();
        body.Require("users");
        var names = body.Words("users") ?? [];
        foreach (var name in names)
        {
            if (!request.Context.Core.Access.TryGetUser(name, out _)) throw ApiException.BadRequest($"no_such_user {name}");
        }

        foreach (var name in names) await DeleteAsync(request, name);
        return ApiResponse.NoContent;
    }

    /// <summary>Connections of a user who is gone end.</summary>
    private static async Task<bool> DeleteAsync(ApiRequest request, string name)
    {
        BrokerCore core = request.Context.Core;
        if (!await core.DeleteUserAsync(name)) return false;
        foreach (var connection in request.Context.Clients.Connections.Where(connection => connection.User == name))
            request.Context.Clients.Close(connection, $"user '{name}' is deleted");
        return true;
    }

    private static ValueTask<ApiResponse> Permissions(ApiRequest request)
    {
        var name = Find(request).Name;
        return (ApiResponse)PermissionEndpoints.List(request.Context.Core.Access.Permissions.Where(entry => entry.User == name));
    }

    private static ValueTask<ApiResponse> TopicPermissions(ApiRequest request)
    {
        var name = Find(request).Name;
        return (ApiResponse)PermissionEndpoints.List(request.Context.Core.Access.TopicPermissions.Where(entry => entry.User == name));
    }
}
