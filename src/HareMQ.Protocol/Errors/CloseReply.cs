using System.Text;
using System.Text.Unicode;

namespace HareMQ.Protocol;

/// <summary>What a close method says: code, text, and which method failed (0, 0 if it was none).</summary>
internal readonly struct CloseReply
{
    /// <summary>Reply texts are short strings.</summary>
    private const int TextBytesMax = byte.MaxValue;

    private CloseReply(ReplyCode code, string text, ushort classId, ushort methodId)
    {
        Code = code;
        ClassId = classId;
        MethodId = methodId;
        Span<byte> cut = stackalloc byte[TextBytesMax];
        // Stops before the first character that does not fit whole.
        Utf8.FromUtf16(text, cut, out _, out var textBytes);
        TextBytes = cut[..textBytes].ToArray();
    }

    public ReplyCode Code { get; }

    /// <summary><c>NAME - explanation</c> in UTF-8, at most 255 bytes.</summary>
    public ReadOnlyMemory<byte> TextBytes { get; }

    public string Text => Encoding.UTF8.GetString(TextBytes.Span);

    public ushort ClassId { get; }

    public ushort MethodId { get; }

    /// <param name="error">Its message is already <c>NAME - explanation</c>.</param>
    /// <param name="method">The method that was being handled, if any.</param>
    public static CloseReply From(AmqpException error, AmqpMethod? method) =>
        new(error.Code, error.Message, method?.ClassId() ?? 0, method?.MethodId() ?? 0);
}
