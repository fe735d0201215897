using System.Buffers.Text;
using System.Numerics;
using System.Text;
using HareMQ.Broker.Queues;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Publishing;

/// <summary>The expiration property: decimal milliseconds in a string.</summary>
internal static class MessageExpiration
{
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: no number, or out of range.</exception>
    public static long Parse(ReadOnlySpan<byte> expiration)
    {
        if (Utf8Parser.TryParse(expiration, out long milliseconds, out var parsedBytes) && parsedBytes == expiration.Length
            && milliseconds is >= 0 and <= QueueSettings.TimeMaxMs)
            return milliseconds;
        var text = Encoding.UTF8.GetString(expiration);
        throw AmqpErrors.PreconditionFailed($"invalid expiration '{text}': {Reason(text)}");
    }

    /// <summary>What is wrong, in the terms that RabbitMQ prints.</summary>
    private static string Reason(string text)
    {
        var digitsAt = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        var end = digitsAt;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end == digitsAt) return "no_integer";
        if (end < text.Length) return $"{{leftover_string,\"{text[end..]}\"}}";
        var value = BigInteger.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        return value.Sign < 0 ? $"{{value_negative,{value}}}" : $"{{value_too_large,{value}}}";
    }
}
