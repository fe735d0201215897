namespace HareMQ.Perf;

/// <summary>Which of a publisher's sequence numbers have been seen: one bit for each.</summary>
internal sealed class SequenceSet
{
    private const int BitsPerWord = 64;

    private ulong[] _words = new ulong[1024];

    public long Count { get; private set; }

    /// <summary>False if it was there already.</summary>
    public bool Add(long sequence)
    {
        var word = (int)(sequence / BitsPerWord);
        if (word >= _words.Length) Array.Resize(ref _words, (int)Math.Max(word + 1L, _words.Length * 2L));
        var bit = 1UL << (int)(sequence % BitsPerWord);
        if ((_words[word] & bit) != 0) return false;
        _words[word] |= bit;
        Count++;
        return true;
    }

    /// <summary>How many of these are not in <paramref name="other"/>.</summary>
    public long CountWithout(SequenceSet other)
    {
        long count = 0;
        for (var i = 0; i < _words.Length; i++)
            count += System.Numerics.BitOperations.PopCount(_words[i] & ~(i < other._words.Length ? other._words[i] : 0));
        return count;
    }
}
