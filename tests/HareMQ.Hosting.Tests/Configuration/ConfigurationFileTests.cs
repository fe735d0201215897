using FsCheck;
using FsCheck.Fluent;

namespace HareMQ.Hosting.Tests;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Lines_comments_blanks_and_quotes_are_read_as_RabbitMQ_does()
    {
        var settings = Parse(
            "# a comment",
            "",
            "heartbeat = 30",
            "  listeners.tcp.default=5673   # behind a value",
            "default_pass = 'a # b = c'   # quoted",
            "default_user = \"it's me\"",
            "default_permissions.read = ^(a|b)=.*$",
            @"loopback_users.first\.last = true");

        Assert.Equal(
            [
                ("heartbeat", "30", "x.conf:3"), ("listeners.tcp.default", "5673", "x.conf:4"), ("default_pass", "a # b = c", "x.conf:5"),
                ("default_user", "it's me", "x.conf:6"), ("default_permissions.read", "^(a|b)=.*$", "x.conf:7"),
                ("loopback_users.first.last", "true", "x.conf:8"),
            ],
            settings.Select(setting => (setting.Key, setting.Value, setting.Source)));
    }

    [Theory]
    [InlineData("heartbeat", "x.conf:1: expected 'key = value', found 'heartbeat'")]
    [InlineData("= 3", "x.conf:1: '' is not a key; expected letters, digits, '_', '-' and '.'")]
    [InlineData("heart beat = 3", "x.conf:1: 'heart beat' is not a key; expected letters, digits, '_', '-' and '.'")]
    [InlineData("default_pass = 'abc", "x.conf:1: the value has an opening quote ' and no closing one")]
    [InlineData("default_pass = 'abc' d", "x.conf:1: 'd' after the closing quote")]
    public void A_line_that_is_no_assignment_is_an_error_with_its_number(string line, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Parse(line)).Message);

    [Fact]
    public void Any_printable_value_survives_single_quotes()
    {
        var values = ArbMap.Default.GeneratorFor<string?>()
            .Where(value => value is not null && !value.Any(c => c == '\'' || char.IsControl(c)));

        Check.QuickThrowOnFailure(Prop.ForAll(values.ToArbitrary(), value => Parse($"k = '{value}'  # comment").Single().Value == value));
    }

    [Fact]
    public void Fragments_beside_the_file_follow_it_in_the_order_of_their_names()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("haremq.conf", "a = 1");
        directory.Write("conf.d/20-late.conf", "c = 3");
        directory.Write("conf.d/10-early.conf", "b = 2");
        directory.Write("conf.d/notes.txt", "not a setting");

        Assert.Equal(
            ["haremq.conf", "10-early.conf", "20-late.conf"],
            ConfigurationFile.WithFragments(file).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error_with_its_path()
    {
        using var directory = new TemporaryDirectory();
        var missing = Path.Combine(directory.Path, "missing.conf");

        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(missing));

        Assert.StartsWith($"{missing}: cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    private static List<Setting> Parse(params string[] lines) => ConfigurationFile.Parse("x.conf", lines);
}
