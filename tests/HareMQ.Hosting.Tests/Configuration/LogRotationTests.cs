using System.Globalization;

namespace HareMQ.Hosting.Tests;

/// <summary>Log files that are put aside when it is time.</summary>
public sealed class LogRotationTests
{
    [Theory]
    [InlineData("$D0", "2026-02-28 23:59:59", "2026-03-01 00:00")]
    [InlineData("$D23", "2026-02-28 22:59:59", "2026-02-28 23:00")]
    [InlineData("$D23", "2026-02-28 23:00:00", "2026-03-01 23:00")]
    [InlineData("$H", "2026-02-28 23:00:00", "2026-03-01 00:00")]
    [InlineData("$H30", "2026-02-28 22:29:59", "2026-02-28 22:30")]
    [InlineData("$H30", "2026-02-28 22:30:00", "2026-02-28 23:30")]
    [InlineData("$W0D23", "2026-11-25 12:00:00", "2026-11-29 23:00")]
    [InlineData("$W0D23", "2026-11-29 22:59:59", "2026-11-29 23:00")]
    [InlineData("$W0D23", "2026-11-29 23:00:00", "2026-12-06 23:00")]
    [InlineData("$W5D16", "2026-11-28 12:00:00", "2026-12-04 16:00")]
    [InlineData("$W3", "2026-11-24 12:00:00", "2026-11-25 00:00")]
    [InlineData("$M1D0", "2026-12-01 00:00:00", "2027-01-01 00:00")]
    [InlineData("$M1D15", "2026-12-01 14:00:00", "2026-12-01 15:00")]
    [InlineData("$M31D5", "2026-02-10 00:00:00", "2026-02-28 05:00")]
    [InlineData("$M31", "2024-02-10 00:00:00", "2024-02-29 00:00")]
    [InlineData("$ML", "2026-04-30 00:00:00", "2026-05-31 00:00")]
    public void The_notation_is_RabbitMQs(string text, string from, string expected)
    {
        Assert.True(RotationSchedule.TryParse(text, out var schedule));
        Assert.Equal(Utc(expected), schedule!.NextAfter(Utc(from)));
    }

    [Theory]
    [InlineData("D0")]
    [InlineData("$D24")]
    [InlineData("$H60")]
    [InlineData("$W7D0")]
    [InlineData("$M0D0")]
    [InlineData("$M32")]
    [InlineData("$D0 ")]
    [InlineData("$D0\n")]
    [InlineData("daily")]
    public void Everything_else_is_refused(string text) => Assert.False(RotationSchedule.TryParse(text, out _));

    [Fact]
    public void A_file_is_put_aside_with_the_first_line_after_its_time_and_by_size_as_well()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "a.log");
        var clock = new Clock { Now = Utc("2026-11-25 22:00") };
        using (var file = Open(path, clock))
        {
            file.Write("before\n"u8);
            clock.Now = Utc("2026-11-25 23:30");
            file.Write("after\n"u8);
            file.Write("the same day\n"u8);
            file.Write("a line that makes it too large\n"u8);
            clock.Now = Utc("2026-11-28 00:00");
            file.Write("days later\n"u8);
        }

        Assert.Equal(
            ["days later\n", "a line that makes it too large\n", "after\nthe same day\n", "before\n"],
            new[] { path, $"{path}.0", $"{path}.1", $"{path}.2" }.Select(File.ReadAllText));
    }

    [Fact]
    public void What_was_written_before_its_time_is_put_aside_by_the_next_start()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "a.log");
        File.WriteAllText(path, "yesterday\n");
        File.SetLastWriteTimeUtc(path, Utc("2026-11-24 12:00"));
        var clock = new Clock { Now = Utc("2026-11-25 22:00") };
        using (var file = Open(path, clock)) file.Write("today\n"u8);
        Assert.Equal(["today\n", "yesterday\n"], new[] { path, $"{path}.0" }.Select(File.ReadAllText));

        File.SetLastWriteTimeUtc(path, Utc("2026-11-25 22:00"));
        clock.Now = Utc("2026-11-25 22:59");
        using (var file = Open(path, clock)) file.Write("still today\n"u8);
        Assert.Equal("today\nstill today\n", File.ReadAllText(path));
    }

    private static RotatingFile Open(string path, TimeProvider clock)
    {
        Assert.True(RotationSchedule.TryParse("$D23", out var schedule));
        return new RotatingFile(path, 40, 5, schedule, clock);
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
