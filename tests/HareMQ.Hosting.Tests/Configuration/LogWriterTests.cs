using System.Buffers;
using System.Text;

namespace HareMQ.Hosting.Tests;

public sealed class LogWriterTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_stuck_stream_delays_no_writer_and_the_lost_lines_are_counted()
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        const int Fitting = LogWriter.PendingBytesMax / 1024;
        using var stream = new GatedStream();
        using (var writer = new LogWriter(stream, Notice))
        {
            writer.Write("first\n"u8);
            Assert.True(stream.Entered.Wait(s_patience));
            for (var i = 0; i < Fitting + 5; i++) writer.Write(line);
            stream.Gate.Set();
        }

        var text = stream.Text();
        Assert.StartsWith("first\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n5 lost\n", text, StringComparison.Ordinal);
        Assert.Equal(Fitting + 2, text.Count(c => c == '\n'));
    }

    [Fact]
    public void A_failing_stream_loses_the_batch_and_the_next_one_reports_it()
    {
        using var stream = new GatedStream { Failure = new IOException("No space left on device") };
        using (var writer = new LogWriter(stream, Notice))
        {
            writer.Write("a\n"u8);
            Assert.True(stream.Entered.Wait(s_patience));
            writer.Write("b\n"u8);
            stream.Gate.Set();
        }

        Assert.Equal("b\n1 lost\n", stream.Text());
    }

    [Fact]
    public void Disposing_writes_what_is_pending_and_later_lines_are_ignored()
    {
        using var stream = new GatedStream();
        stream.Gate.Set();
        var writer = new LogWriter(stream, Notice);
        for (var i = 0; i < 10_000; i++) writer.Write("line\n"u8);

        writer.Dispose();
        writer.Write("too late\n"u8);
        writer.Dispose();

        Assert.Equal(string.Concat(Enumerable.Repeat("line\n", 10_000)), stream.Text());
    }

    private static void Notice(IBufferWriter<byte> output, long lines) => Encoding.UTF8.GetBytes($"{lines} lost\n", output);

    /// <summary>Lets nothing through until its gate opens; then fails once, if it was given a failure.</summary>
    private sealed class GatedStream : MemoryStream
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Gate { get; } = new();

        public Exception? Failure { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Set();
            Assert.True(Gate.Wait(s_patience));
            if (Failure is { } failure)
            {
                Failure = null;
                throw failure;
            }
            base.Write(buffer);
        }

        public string Text() => Encoding.UTF8.GetString(ToArray());
    }
}
