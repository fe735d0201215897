using HareMQ.Broker.Delays;
using HareMQ.Protocol;

namespace HareMQ.Broker.Tests.Delays;

public sealed class DelayedMessagesTests : IAsyncLifetime
{
    private const long Second = 1000;
    private const long Hour = 3600 * Second;
    private const long Day = 24 * Hour;

    private DelayBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await DelayBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(5 * Second)]
    [InlineData(70 * Second)]
    [InlineData(3 * Hour)]
    [InlineData(9 * Day)]
    [InlineData(365 * Day)]
    public async Task A_message_comes_when_it_is_due_and_not_before(long delayMs)
    {
        _broker.Publish("late", delayMs);
        Assert.Equal(1, _broker.Pending.PendingCount);
        // Far away nothing happens but looking at the clock once a second.
        _broker.Broker.Advance(Math.Max(0, delayMs - 10 * Second));
        await _broker.SettleAsync();
        await _broker.PassAsync(Math.Min(delayMs, 10 * Second) - 1);
        Assert.Empty(await _broker.TakeAllAsync());
        await _broker.PassAsync(50);
        Assert.Equal(["late"], await _broker.TakeAllAsync());
        Assert.Equal(0, _broker.Pending.PendingCount);
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_their_times_and_then_of_their_publishing()
    {
        _broker.Publish("d", 3000);
        _broker.Publish("a", 1000);
        _broker.Publish("e", 3000);
        _broker.Publish([("b", FieldValue.FromLong(2000)), ("c", FieldValue.FromLong(2000))]);
        await _broker.PassAsync(4000);
        Assert.Equal(["a", "b", "c", "d", "e"], await _broker.TakeAllAsync());
    }

    [Fact]
    public async Task Messages_of_one_moment_keep_their_order_however_far_away_they_were_published()
    {
        foreach (var hoursBefore in (int[])[3000, 80, 79, 2, 1, 0])
        {
            var delayMs = hoursBefore * Hour + 5 * Second;
            if (hoursBefore != 3000) await SkipToAsync(delayMs);
            _broker.Publish(hoursBefore.ToString(System.Globalization.CultureInfo.InvariantCulture), delayMs);
            _lastDueAtMs = _broker.Broker.Time.NowMs + delayMs;
        }

        await _broker.PassAsync(6 * Second);
        Assert.Equal(["3000", "80", "79", "2", "1", "0"], await _broker.TakeAllAsync());
    }

    private long _lastDueAtMs;

    /// <summary>Until the messages published so far are due in that time.</summary>
    private async Task SkipToAsync(long beforeMs)
    {
        _broker.Broker.Advance(_lastDueAtMs - beforeMs - _broker.Broker.Time.NowMs);
        await _broker.SettleAsync();
    }

    [Fact]
    public async Task A_restart_keeps_what_waits_and_delivers_what_fell_due_meanwhile()
    {
        _broker.Publish("soon", 2 * Second);
        _broker.Publish("later", 2 * Hour);
        _broker.Publish("transient", 2 * Second, persistent: false);
        await _broker.RestartAsync();
        Assert.Equal(2, _broker.Pending.PendingCount);
        Assert.Empty(await _broker.TakeAllAsync());
        _broker.Broker.Time.Jump(3 * Second);
        await _broker.RestartAsync();
        Assert.Equal(["soon"], await _broker.TakeAllAsync());
        await _broker.RestartAsync();
        Assert.Empty(await _broker.TakeAllAsync());
        _broker.Broker.Advance(2 * Hour);
        await _broker.SettleAsync();
        Assert.Equal(["later"], await _broker.TakeAllAsync());
    }

    [Fact]
    public async Task Purging_cancels_what_waits_and_nothing_else()
    {
        _broker.Publish("soon", 500);
        _broker.Publish("later", 2 * Hour);
        var purging = _broker.Pending.PurgeAsync();
        Assert.Equal(2, await purging);
        _broker.Publish("next", 100);
        await _broker.PassAsync(Second);
        Assert.Equal(["next"], await _broker.TakeAllAsync());
        await _broker.RestartAsync();
        Assert.Equal(0, _broker.Pending.PendingCount);
    }

    [Fact]
    public async Task Deleting_the_exchange_drops_what_waits()
    {
        var pending = _broker.Pending;
        _broker.Publish("never", 500);
        await _broker.Broker.VirtualHost.DeleteExchangeAsync(DelayBroker.Exchange, ifUnused: false);
        await _broker.Broker.UntilAsync(() => pending.PendingCount == 0);
        _broker.Broker.Advance(Second);
        Assert.Empty(await _broker.TakeAllAsync());
        await _broker.Broker.RestartAsync();
        Assert.Empty(_broker.Broker.Store.ListGroups());
    }

    [Fact]
    public async Task Bindings_of_the_time_of_delivery_count()
    {
        await _broker.Broker.DeclareAsync("new");
        _broker.Publish("unroutable", 100, key: "new");
        _broker.Publish("routed", 300, key: "new");
        await _broker.PassAsync(200);
        Assert.Equal(0, _broker.Pending.PendingCount - 1);
        await _broker.BindAsync(DelayBroker.Exchange, "new", "new");
        await _broker.PassAsync(200);
        Assert.Equal(["routed"], await _broker.Broker.TakeAllAsync("new"));
    }

    [Fact]
    public async Task The_time_to_live_begins_when_the_message_comes_to_a_queue()
    {
        _broker.Publish("short-lived", 10 * Second, expirationMs: 2000);
        await _broker.PassAsync(10 * Second + 500);
        Assert.Equal(1, _broker.Broker.Queue(DelayBroker.Queue).ReadyCount);
        await _broker.PassAsync(2 * Second);
        Assert.Equal(0, _broker.Broker.Queue(DelayBroker.Queue).ReadyCount);
    }

    public static TheoryData<int> HeaderForms => [0, 1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(HeaderForms))]
    public async Task The_header_comes_back_negative_whatever_its_type(int form)
    {
        var value = form switch
        {
            0 => FieldValue.FromLong(200),
            1 => FieldValue.FromInt(200),
            2 => FieldValue.FromDouble(200.75),
            3 => FieldValue.FromString("200"),
            4 => Encoded('u', 0, 200),
            5 => Encoded('B', 200),
            _ => Encoded('s', 0, 200),
        };
        _broker.Publish([("m", value)]);
        await _broker.PassAsync(300);
        var message = await _broker.Broker.GetAsync(DelayBroker.Queue);
        Assert.True(message!.Headers.TryGet("x-delay", out var delay));
        if (delay.TryGetDouble(out var real)) Assert.Equal(-200.75, real);
        else Assert.True(delay.TryGetInteger(out var number) && number == -200, delay.ToString());
    }

    private static FieldValue Encoded(char tag, params byte[] value)
    {
        var table = FieldTable.FromEncoded((byte[])[1, (byte)'n', (byte)tag, .. value]);
        Assert.True(table.TryGet("n", out var found));
        return found;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5000)]
    public async Task A_delay_that_is_not_positive_is_none(long delayMs)
    {
        _broker.Publish("now", delayMs);
        Assert.Equal(["now"], await _broker.TakeAllAsync());
    }

    [Fact]
    public async Task Blind_copies_are_delivered_late_too_and_stay_blind()
    {
        await _broker.Broker.DeclareAsync("blind");
        await _broker.BindAsync(DelayBroker.Exchange, "blind", "blind");
        _broker.Publish(
            [("m", FieldValue.FromLong(100))],
            change: properties => properties.SetHeader("BCC", FieldValue.FromArray(FieldValue.FromString("blind"))));
        await _broker.PassAsync(200);
        Assert.Equal(["m"], await _broker.TakeAllAsync());
        var copy = await _broker.Broker.GetAsync("blind");
        Assert.Equal("m", copy!.Text);
        Assert.False(copy.Headers.TryGet("BCC", out _));
    }

    [Fact]
    public async Task More_than_the_index_holds_fall_due_in_one_moment_and_keep_their_order()
    {
        const int Count = DelayIndex.CountMax + 20_000;
        var number = 0;
        while (number < Count)
        {
            var from = number;
            number = Math.Min(Count, number + 8192);
            _broker.Publish(Enumerable.Range(from, number - from).Select(i => ($"{i}", FieldValue.FromLong(5 * Second))));
        }

        await _broker.PassAsync(4 * Second);
        Assert.Equal(0, _broker.Broker.Queue(DelayBroker.Queue).ReadyCount);
        await _broker.PassAsync(2 * Second);
        var texts = await _broker.TakeAllAsync();
        Assert.Equal(Count, texts.Length);
        for (var i = 0; i < Count; i++) Assert.Equal($"{i}", texts[i]);
    }

    [Fact]
    public async Task The_clock_may_be_set_forward_and_back()
    {
        _broker.Publish("hour", Hour);
        _broker.Broker.Time.Jump(-Day);
        await _broker.PassAsync(2 * Second);
        Assert.Empty(await _broker.TakeAllAsync());
        _broker.Broker.Time.Jump(Day + Hour);
        await _broker.PassAsync(2 * Second);
        Assert.Equal(["hour"], await _broker.TakeAllAsync());
    }

    [Fact]
    public async Task A_queue_that_failed_is_tried_again_and_loses_nothing()
    {
        _broker.Broker.Publish(DelayBroker.Queue, "first");
        _broker.Broker.Break(_broker.Broker.Queue(DelayBroker.Queue));
        // Larger than what is left of the queue's file.
        var held = new string('x', 2000);
        _broker.Publish(held, 100);
        await _broker.PassAsync(Second);
        Assert.Equal(1, _broker.Pending.PendingCount);
        await _broker.PassAsync(6 * Second);
        Assert.Equal(1, _broker.Pending.PendingCount);
        await _broker.RestartAsync();
        Assert.Equal(["first", held], await _broker.TakeAllAsync());
        Assert.Equal(0, _broker.Pending.PendingCount);
    }

    [Fact]
    public async Task An_idle_exchange_runs_no_timer()
    {
        _broker.Publish("m", 100);
        await _broker.PassAsync(5 * Second);
        Assert.Equal(0, _broker.Broker.Time.RunningTimers);
    }
}
