namespace HareMQ.Hosting.Tests.Architecture;

/// <summary>Which room may know which. A new arrow is a decision: it is made here first.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> s_allowedArrows = new(StringComparer.Ordinal)
    {
        ["HareMQ.Protocol"] = [],
        ["HareMQ.Storage"] = [],
        ["HareMQ.Broker"] = ["HareMQ.Protocol", "HareMQ.Storage"],
        ["HareMQ.Amqp"] = ["HareMQ.Broker", "HareMQ.Protocol"],
        ["HareMQ.Management"] = ["HareMQ.Broker", "HareMQ.Protocol"],
        ["HareMQ.OAuth2"] = ["HareMQ.Broker"],
        ["HareMQ.Hosting"] =
            ["HareMQ.Protocol", "HareMQ.Storage", "HareMQ.Broker", "HareMQ.Amqp", "HareMQ.Management", "HareMQ.OAuth2"],
        ["haremq"] = ["HareMQ.Hosting"],
        // A client like any other: it must not know how a broker works, only what it says.
        ["hareperf"] = ["HareMQ.Protocol"],
        // Knows of a broker what it says over HTTP.
        ["harectl"] = [],
    };

    private static readonly IReadOnlyCollection<Room> s_rooms = Room.ReadAll();

    [Fact]
    public void Every_room_is_here_and_has_its_arrows_decided() =>
        Assert.Equal(s_allowedArrows.Keys.Order(StringComparer.Ordinal), s_rooms.Select(room => room.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void No_room_knows_one_that_it_may_not_know() =>
        Assert.All(s_rooms, room => Assert.All(room.References, reference => Assert.Contains(reference, s_allowedArrows[room.Name])));

    [Fact]
    public void The_load_generator_has_sockets_of_its_own_and_no_client_library()
    {
        var others = s_rooms.Single(room => room.Name == "hareperf").Libraries;
        Assert.Equal(["System.CommandLine"], others);
    }

    [Fact]
    public void The_control_program_is_small() =>
        Assert.Equal(["System.CommandLine"], s_rooms.Single(room => room.Name == "harectl").Libraries);

    [Fact]
    public void Only_Hosting_has_anything_public() =>
        Assert.All(s_rooms.Where(room => room.Name != "HareMQ.Hosting"), room => Assert.Empty(room.PublicTypes));

    [Fact]
    public void What_Hosting_shows_is_what_was_decided()
    {
        string[] expected =
        [
            "HareMQ.Hosting.HareAlternativeName", "HareMQ.Hosting.HareBroker", "HareMQ.Hosting.HareBrokerException",
            "HareMQ.Hosting.HareBrokerOptions", "HareMQ.Hosting.HareCertificateLogin", "HareMQ.Hosting.HareClientTlsOptions",
            "HareMQ.Hosting.HareDefaultPolicy", "HareMQ.Hosting.HareDefaultUser", "HareMQ.Hosting.HareDurability",
            "HareMQ.Hosting.HareManagementOptions",
            "HareMQ.Hosting.HareOAuth2Options", "HareMQ.Hosting.HarePasswordHashing", "HareMQ.Hosting.HarePermissions",
            "HareMQ.Hosting.HarePolicy", "HareMQ.Hosting.HareQueueType", "HareMQ.Hosting.HareRatesMode", "HareMQ.Hosting.HareTlsOptions",
            "HareMQ.Hosting.HareVirtualHostLimits",
            "HareMQ.Hosting.IHareBroker",
            "Microsoft.Extensions.DependencyInjection.HareBrokerServiceCollectionExtensions",
        ];
        var shown = s_rooms.Single(room => room.Name == "HareMQ.Hosting").PublicTypes;
        Assert.Equal(expected, shown.Order(StringComparer.Ordinal));
    }
}
