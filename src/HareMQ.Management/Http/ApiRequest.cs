using System.Diagnostics.CodeAnalysis;
using System.Net;
using HareMQ.Broker.Access;
using HareMQ.Broker.VirtualHosts;
using HareMQ.Management.Control;
using Microsoft.AspNetCore.Http;

namespace HareMQ.Management.Http;

/// <summary>A request whose user is known and may do what the endpoint does.</summary>
internal sealed class ApiRequest(ManagementContext context, HttpContext http, Endpoint endpoint, IReadOnlyList<string> segments)
{
    private JsonBody? _body;
    private TokenRights? _rights;

    public ManagementContext Context => context;

    public HttpContext Http => http;

    public User User { get; private set; } = null!;

    /// <summary>The user is nobody of the broker's, but the one at the control socket.</summary>
    public bool IsLocalOperator => ReferenceEquals(User, LocalOperator.User);

    public bool IsLoggedIn => User is not null;

    public bool IsChange => endpoint.IsChange;

    /// <summary>The path, decoded.</summary>
    public IReadOnlyList<string> Segments => segments;

    public bool IsAdministrator => User.Tags.Contains(UserTags.Administrator);

    public bool IsMonitor => IsAdministrator || User.Tags.Contains(UserTags.Monitoring);

    public bool IsPolicyMaker => IsAdministrator || User.Tags.Contains(UserTags.PolicyMaker);

    public bool HasManagement => IsMonitor || IsPolicyMaker || User.Tags.Contains(UserTags.Management);

    /// <summary>A <c>{name}</c> of the endpoint's path.</summary>
    public string this[string parameter]
    {
        get
        {
            var index = Array.IndexOf(endpoint.Segments, $"{{{parameter}}}");
            return index >= 0 ? segments[index] : throw new ArgumentOutOfRangeException(nameof(parameter), parameter, endpoint.Path);
        }
    }

    /// <summary>The exchange of the path; <c>amq.default</c> stands for the one without a name.</summary>
    public string Exchange(string parameter = "exchange") =>
        this[parameter] == Broker.Access.Authorizer.DefaultExchangeResource ? "" : this[parameter];

    /// <summary>The virtual host of the path.</summary>
    /// <exception cref="ApiException">404: there is no such one.</exception>
    public VirtualHost VirtualHost => TryGetVirtualHost(out var found) ? found : throw ApiException.NotFound();

    /// <summary>The virtual hosts that this user sees, by name.</summary>
    public IEnumerable<VirtualHost> VisibleVirtualHosts => context.Core.VirtualHosts
        .Where(virtualHost => IsMonitor || MayAccess(virtualHost.Name))
        .OrderBy(virtualHost => virtualHost.Name, StringComparer.Ordinal);

    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) ? values[^1] : null;

    public bool Flag(string name) => Query(name) == "true";

    public bool MayAccess(string virtualHost) =>
        IsLocalOperator || (_rights?.MayAccess(virtualHost) ?? context.Core.Access.MayAccess(User.Name, virtualHost));

    /// <summary>What the user may do over AMQP, which holds for the same actions over HTTP.</summary>
    public Authorizer Authorizer(VirtualHost virtualHost) => new(
        IsLocalOperator ? LocalOperator.Permissions(virtualHost.Name) : context.Core.Access, User.Name, virtualHost.Name, context.Logger, _rights);

    public async ValueTask<JsonBody> BodyAsync() => _body ??= await JsonBody.ReadAsync(http, context.Options.BodyBytesMax);

    /// <summary>Checks who asks.</summary>
    /// <exception cref="ApiException">401.</exception>
    public async ValueTask AuthorizeAsync()
    {
        if (endpoint.Access == Access.Anybody) return;
        if (LocalOperator.Is(http)) User = LocalOperator.User;
        else if (Credentials.TryRead(http.Request, out var name, out var password)) await LogInAsync(name, password);
        else throw ApiException.NotAuthorised("Login failed");
        switch (endpoint.Access)
        {
            case Access.Administrator when !IsAdministrator:
                throw ApiException.NotAuthorised("Not administrator user");
            case Access.Monitoring when !IsMonitor:
                throw ApiException.NotAuthorised("Not monitor user");
            case Access.PolicyMaker when !IsPolicyMaker || IsForeignVirtualHost():
                throw ApiException.NotAuthorised("User not authorised to access object");
            case Access.VirtualHost when IsForeignVirtualHost():
            case Access.VisibleVirtualHost when !IsMonitor && IsForeignVirtualHost():
                throw ApiException.NotAuthorised("User not authorised to access virtual host");
        }
    }

    /// <summary>Makes the request one of this user.</summary>
    /// <exception cref="ApiException">401.</exception>
    public async ValueTask LogInAsync(string name, byte[] password)
    {
        User = await AuthenticateAsync(name, password);
        if (!HasManagement) throw ApiException.NotAuthorised("Not management user");
    }

    public bool TryGetVirtualHost([NotNullWhen(true)] out VirtualHost? found)
    {
        found = null;
        return endpoint.Parameters.Contains("vhost") && context.Core.TryGetVirtualHost(this["vhost"], out found!);
    }

    /// <summary>One that does not exist is nobody's: the endpoint answers 404.</summary>
    private bool IsForeignVirtualHost() => TryGetVirtualHost(out var found) && !MayAccess(found.Name);

    private async ValueTask<User> AuthenticateAsync(string name, byte[] password)
    {
        var peer = http.Connection.RemoteIpAddress;
        var result = await context.Core.Authenticator.AuthenticateAsync(
            name, password, peer is null || IPAddress.IsLoopback(Unmapped(peer)));
        context.Core.HttpLogins.Count(peer, result.Succeeded ? result.User.Name : name, result.Succeeded);
        if (result.Succeeded)
        {
            _rights = result.Rights;
            return result.User;
        }

        ManagementLog.LoginRefused(context.Logger, name, peer, result.Reason);
        AuditLog.LoginRefused(context.Core.Audit, name, peer, "HTTP", result.Reason);
        throw ApiException.NotAuthorised(
            result.Outcome == AuthenticationOutcome.LoopbackOnly ? "User can only log in via localhost" : "Login failed");
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
