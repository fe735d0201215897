using HareMQ.Amqp.Transport;

namespace HareMQ.Amqp.Tests.Transport;

public sealed class ReceiveBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_received_is_read_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        using var buffer = new ReceiveBuffer();
        // 251 is prime, so that no size of a buffer hides a shift.
        var pattern = new byte[2 * ReceiveBuffer.BytesMax];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = (byte)(i % 251);
        var received = 0;
        var consumed = 0;
        var largest = 0;
        for (var step = 0; step < 5000; step++)
        {
            var free = buffer.GetFree();
            Assert.NotEqual(0, free.Length);
            largest = Math.Max(largest, free.Length + buffer.Unread.Length);
            // Phases of full reads and of trickles.
            var bytes = (step / 100) % 2 == 0 ? free.Length : random.Next(1, Math.Min(free.Length, 500) + 1);
            pattern.AsSpan(received, bytes).CopyTo(free.Span);
            received = (received + bytes) % 251;
            buffer.Received(bytes);
            var unread = buffer.Unread;
            var left = random.Next(8) == 0 ? unread.Length / 2 : random.Next(Math.Min(300, unread.Length));
            Assert.True(unread[..^left].SequenceEqual(pattern.AsSpan(consumed, unread.Length - left)), $"step {step}");
            consumed = (consumed + unread.Length - left) % 251;
            buffer.Consume(unread.Length - left);
            buffer.ShrinkIfIdle();
        }

        Assert.Equal(ReceiveBuffer.BytesMax, largest);
    }

    [Fact]
    public void Reads_that_fill_it_make_it_large_and_small_ones_make_it_small_again()
    {
        using var buffer = new ReceiveBuffer();
        var idle = buffer.GetFree().Length;
        for (var i = 0; i < 10; i++) Read(buffer, buffer.GetFree().Length);
        Assert.Equal(ReceiveBuffer.BytesMax, buffer.GetFree().Length);
        for (var i = 0; i < 100; i++) Read(buffer, 10);
        Assert.Equal(idle, buffer.GetFree().Length);
    }

    [Fact]
    public void A_frame_larger_than_the_usual_limit_fits_and_its_memory_goes_with_it()
    {
        using var buffer = new ReceiveBuffer();
        while (buffer.Unread.Length < 3 * ReceiveBuffer.BytesMax)
        {
            var free = buffer.GetFree().Length;
            Assert.NotEqual(0, free);
            buffer.Received(free);
        }

        buffer.Consume(buffer.Unread.Length);
        buffer.ShrinkIfIdle();
        Assert.InRange(buffer.GetFree().Length, 1, ReceiveBuffer.BytesMax);
    }

    private static void Read(ReceiveBuffer buffer, int bytes)
    {
        buffer.Received(bytes);
        buffer.Consume(bytes);
        buffer.ShrinkIfIdle();
    }
}
