using HareMQ.Broker.Queues;
using HareMQ.Storage;

namespace HareMQ.Broker.Tests.Queues;

public sealed class RequeuedMessagesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_leave_in_the_order_of_their_positions_whatever_order_they_came_in(int seed)
    {
        var random = new Random(seed);
        var heap = new RequeuedMessages();
        var model = new SortedDictionary<ulong, RequeuedMessage>();
        for (var step = 0; step < 20_000; step++)
        {
            // Phases of growth and of shrinking, so that the heap is large and empty in turns.
            var grows = (step / 3000) % 2 == 0;
            if (random.Next(10) < (grows ? 7 : 3)) Add();
            else if (heap.Count > 0) Remove();
            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Values.Sum(message => (long)message.BodyBytes), heap.BodyBytes);
        }

        while (heap.Count > 0) Remove();
        Assert.Equal(0, heap.BodyBytes);

        void Add()
        {
            var position = new LogPosition((uint)random.Next(1, 20), (uint)random.Next(100_000));
            var message = new RequeuedMessage(position, random.Next(50, 500), random.Next(400), random.Next(1, 9));
            if (model.TryAdd(position.Packed, message)) heap.Add(message);
        }

        void Remove()
        {
            var expected = model.First();
            Assert.Equal(expected.Value, heap.First);
            Assert.Equal(expected.Value, heap.RemoveFirst());
            model.Remove(expected.Key);
        }
    }
}
