using System.Globalization;

namespace HareMQ.Perf;

/// <summary>Whole numbers from one to another, both included.</summary>
internal readonly record struct NumberRange(int From, int To)
{
    public int Count => To - From + 1;

    public IEnumerable<int> Numbers => Enumerable.Range(From, Count);

    /// <summary>Reads <c>10</c> as 1 to 10, and <c>11-20</c> as it says.</summary>
    /// <exception cref="FormatException">The message says what is wrong.</exception>
    public static NumberRange Parse(string text)
    {
        var parts = text.Split('-', 2);
        if (parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            var numbers = parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var range = numbers.Length == 1 ? new NumberRange(1, numbers[0]) : new NumberRange(numbers[0], numbers[1]);
            if (range.Count is > 0 and <= 1_000_000) return range;
        }

        throw new FormatException($"'{text}' is neither a number above 0 nor a range such as 11-20");
    }

    public override string ToString() => From == 1 ? $"{To}" : $"{From}-{To}";
}
