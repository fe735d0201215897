using HareMQ.Conformance.Harness;
using HareMQ.Conformance.Watching;

namespace HareMQ.Conformance.Alarms;

public abstract class AlarmEvents(BrokerFixture broker) : ConformanceTest(broker)
{
    public override async ValueTask DisposeAsync()
    {
        if (Broker.Administration is { } administration) await administration.SetDiskFreeLimitAsync(AlarmCollection.UsualDiskFreeLimit);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Alarm_is_told_when_it_begins_and_when_it_ends()
    {
        SkipUnlessAdjustable();
        var events = await EventListener.StartAsync(await OpenChannelAsync(), _ => true, "alarm.*");
        await Administration.SetDiskFreeLimitAsync(AlarmCollection.MoreThanAnyDisk);
        Assert.Equal("disk", (await events.ExpectAsync("alarm.set", "node", "source"))["source"]);
        await Administration.SetDiskFreeLimitAsync(AlarmCollection.UsualDiskFreeLimit);
        Assert.Equal("disk", (await events.ExpectAsync("alarm.cleared", "node", "source"))["source"]);
    }
}

[Collection(AlarmCollection.Name)]
public sealed class AlarmEventsOnRabbitMq(RabbitMqFixture broker) : AlarmEvents(broker);

[Collection(AlarmCollection.Name)]
public sealed class AlarmEventsOnHareMq(HareMqFixture broker) : AlarmEvents(broker);
