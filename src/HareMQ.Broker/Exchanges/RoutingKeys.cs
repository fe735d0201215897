using System.Text;
using HareMQ.Protocol;

namespace HareMQ.Broker.Exchanges;

/// <summary>The routing keys of one message: the one it was published with, then those of its CC and BCC headers.</summary>
internal sealed class RoutingKeys
{
    // The key of a publish is a short string; those in headers may be longer, and many.
    private const int CharsKeptMax = 4096;
    private const int KeysKeptMax = 256;

    private char[] _chars = new char[byte.MaxValue];
    private (int Start, int Length)[] _keys = new (int, int)[4];
    private int _usedChars;

    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int index] => _chars.AsSpan(_keys[index].Start, _keys[index].Length);

    /// <summary>Whether the headers add keys, so that exchange and routing key alone do not decide the route.</summary>
    public static bool AreInHeaders(ReadOnlySpan<byte> headers)
    {
        var reader = new FieldTableReader(headers);
        while (reader.MoveNext())
        {
            if (reader.Name.SequenceEqual("CC"u8) || reader.Name.SequenceEqual("BCC"u8)) return true;
        }
        return false;
    }

    public void Add(ReadOnlySpan<byte> keyUtf8)
    {
        // No more UTF-16 units than bytes, ever.
        if (_chars.Length - _usedChars < keyUtf8.Length) Array.Resize(ref _chars, Math.Max(_chars.Length * 2, _usedChars + keyUtf8.Length));
        if (_keys.Length == Count) Array.Resize(ref _keys, Count * 2);
        var length = Encoding.UTF8.GetChars(keyUtf8, _chars.AsSpan(_usedChars));
        _keys[Count++] = (_usedChars, length);
        _usedChars += length;
    }

    /// <returns>Whether there was such a header.</returns>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: not an array.</exception>
    public bool AddSenderSelected(ReadOnlySpan<byte> headers)
    {
        if (!AreInHeaders(headers)) return false;
        AddArray(headers, "CC", "CC"u8);
        AddArray(headers, "BCC", "BCC"u8);
        return true;
    }

    public void Clear()
    {
        Count = 0;
        _usedChars = 0;
        if (_chars.Length <= CharsKeptMax && _keys.Length <= KeysKeptMax) return;
        _chars = new char[byte.MaxValue];
        _keys = new (int, int)[4];
    }

    private void AddArray(ReadOnlySpan<byte> headers, string name, ReadOnlySpan<byte> nameUtf8)
    {
        if (!FieldTableScan.TryFind(headers, nameUtf8, out var type, out var encoded)) return;
        if (type != FieldType.Array) throw RoutingErrors.UnacceptableHeader(name, type);
        var reader = new FieldArrayReader(encoded);
        while (reader.MoveNext())
        {
            if (reader.Type == FieldType.LongString) Add(reader.ValueBytes);
        }
    }
}
