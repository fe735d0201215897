using System.Collections.Frozen;
using HareMQ.Broker.Access;

namespace HareMQ.Broker.Tests.Access;

public sealed class AccessControlTests
{
    private readonly AccessControl _access = new();

    public AccessControlTests()
    {
        _access.SetUser(new User("guest", PasswordHash.Create("guest"u8), UserTags.Administrator));
        _access.SetUser(new User("alice", PasswordHash.Create("secret"u8)));
        _access.SetPermission("alice", "/", Permission.Everything);
    }

    [Fact]
    public void The_right_password_is_accepted()
    {
        var result = _access.Authenticate("alice", "secret"u8, loopbackPeer: false);

        Assert.True(result.Succeeded);
        Assert.Equal("alice", result.User.Name);
    }

    [Fact]
    public void Wrong_password_and_unknown_user_are_told_apart_for_the_log()
    {
        Assert.Equal(AuthenticationOutcome.WrongPassword, _access.Authenticate("alice", "Secret"u8, true).Outcome);
        Assert.Equal(AuthenticationOutcome.UnknownUser, _access.Authenticate("bob", "secret"u8, true).Outcome);
        Assert.False(_access.Authenticate("alice", "Secret"u8, true).Succeeded);
    }

    [Fact]
    public void Guest_may_only_log_in_from_the_same_machine()
    {
        Assert.True(_access.Authenticate("guest", "guest"u8, loopbackPeer: true).Succeeded);
        Assert.Equal(AuthenticationOutcome.LoopbackOnly, _access.Authenticate("guest", "guest"u8, loopbackPeer: false).Outcome);
        Assert.Equal(AuthenticationOutcome.WrongPassword, _access.Authenticate("guest", "other"u8, loopbackPeer: false).Outcome);
    }

    [Fact]
    public void Without_loopback_users_guest_may_log_in_from_anywhere()
    {
        var access = new AccessControl { LoopbackUsers = FrozenSet<string>.Empty };
        access.SetUser(new User("guest", PasswordHash.Create("guest"u8)));

        Assert.True(access.Authenticate("guest", "guest"u8, loopbackPeer: false).Succeeded);
    }

    [Fact]
    public void A_user_without_a_password_cannot_log_in()
    {
        _access.SetUser(new User("certificate", PasswordHash.None));

        Assert.Equal(AuthenticationOutcome.WrongPassword, _access.Authenticate("certificate", ""u8, true).Outcome);
    }

    [Fact]
    public void Setting_a_user_again_replaces_it_and_keeps_its_permissions()
    {
        Assert.False(_access.SetUser(new User("alice", PasswordHash.Create("changed"u8), UserTags.Monitoring)));

        Assert.True(_access.Authenticate("alice", "changed"u8, false).Succeeded);
        Assert.False(_access.Authenticate("alice", "secret"u8, false).Succeeded);
        Assert.True(_access.TryGetUser("alice", out var alice));
        Assert.Equal([UserTags.Monitoring], alice.Tags);
        Assert.True(_access.MayAccess("alice", "/"));
    }

    [Fact]
    public void A_virtual_host_is_open_to_users_with_an_entry_even_an_empty_one()
    {
        _access.SetPermission("guest", "/", new Permission("", "", ""));

        Assert.True(_access.MayAccess("guest", "/"));
        Assert.False(_access.MayAccess("guest", "other"));
        Assert.False(_access.MayAccess("bob", "/"));
    }

    [Fact]
    public void A_deleted_user_leaves_no_permissions_behind()
    {
        _access.SetTopicPermission("alice", "/", new TopicPermission("amq.topic", "a", "b"));
        _access.SetPermission("guest", "/", Permission.Everything);

        Assert.True(_access.DeleteUser("alice"));
        Assert.False(_access.DeleteUser("alice"));

        Assert.False(_access.MayAccess("alice", "/"));
        Assert.Equal(["guest"], _access.Users.Select(u => u.Name));
        Assert.Equal(["guest"], _access.Permissions.Select(p => p.User));
        Assert.Empty(_access.TopicPermissions);
    }

    [Fact]
    public void Permissions_need_a_user()
    {
        Assert.False(_access.SetPermission("bob", "/", Permission.Everything));
        Assert.False(_access.SetTopicPermission("bob", "/", new TopicPermission("amq.topic", "", "")));
        Assert.False(_access.MayAccess("bob", "/"));
    }

    [Fact]
    public void Cleared_permissions_are_gone()
    {
        _access.SetTopicPermission("alice", "/", new TopicPermission("one", "a", "b"));
        _access.SetTopicPermission("alice", "/", new TopicPermission("two", "a", "b"));
        _access.SetTopicPermission("alice", "/", new TopicPermission("three", "a", "b"));

        Assert.True(_access.ClearTopicPermissions("alice", "/", "one"));
        Assert.False(_access.ClearTopicPermissions("alice", "/", "one"));
        Assert.Equal(["three", "two"], _access.TopicPermissions.Select(p => p.Permission.Exchange).Order());
        Assert.True(_access.ClearTopicPermissions("alice", "/"));
        Assert.Empty(_access.TopicPermissions);

        Assert.True(_access.TryGetPermission("alice", "/", out var permission));
        Assert.Equal(Permission.Everything, permission);
        Assert.True(_access.ClearPermission("alice", "/"));
        Assert.False(_access.ClearPermission("alice", "/"));
        Assert.False(_access.TryGetPermission("alice", "/", out _));
    }

    [Fact]
    public void A_removed_virtual_host_takes_its_permissions_along()
    {
        _access.SetPermission("alice", "other", Permission.Everything);
        _access.SetTopicPermission("alice", "other", new TopicPermission("x", "a", "b"));

        _access.RemoveVirtualHost("other");

        Assert.Equal([new PermissionEntry("alice", "/", Permission.Everything)], _access.Permissions);
        Assert.Empty(_access.TopicPermissions);
    }

    [Fact]
    public void A_bad_pattern_is_refused_by_name_and_changes_nothing()
    {
        var version = _access.Version;

        var error = Assert.Throws<ArgumentException>(() => _access.SetPermission("alice", "/", new Permission(".*", "(unclosed", ".*")));
        Assert.Contains("'(unclosed'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(
            () => _access.SetTopicPermission("alice", "/", new TopicPermission("x", "", "[a-")));
        Assert.Contains("'[a-'", error.Message, StringComparison.Ordinal);

        Assert.Equal(version, _access.Version);
        Assert.Equal([new PermissionEntry("alice", "/", Permission.Everything)], _access.Permissions);
    }

    [Fact]
    public void Every_change_gives_a_new_version()
    {
        var versions = new List<int> { _access.Version };
        void Changed(bool _) => versions.Add(_access.Version);

        Changed(_access.SetUser(new User("bob", PasswordHash.None)));
        Changed(_access.SetPermission("bob", "/", Permission.Everything));
        Changed(_access.SetTopicPermission("bob", "/", new TopicPermission("x", "", "")));
        Changed(_access.ClearTopicPermissions("bob", "/"));
        Changed(_access.ClearPermission("bob", "/"));
        Changed(_access.DeleteUser("bob"));

        Assert.Equal(versions.Distinct(), versions);
    }

    [Fact]
    public void Concurrent_changes_are_all_kept()
    {
        Parallel.For(0, 400, i =>
        {
            _access.SetUser(new User($"user-{i}", PasswordHash.None));
            Assert.True(_access.SetPermission($"user-{i}", "/", Permission.Everything));
        });

        Assert.Equal(402, _access.Users.Count);
        Assert.Equal(401, _access.Permissions.Count);
    }
}
