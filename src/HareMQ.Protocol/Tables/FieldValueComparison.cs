namespace HareMQ.Protocol;

/// <summary>Equality of values as the headers exchange means it: the type tag does not count, what it stands for does.</summary>
internal static class FieldValueComparison
{
    public static bool ValueEquals(FieldValue left, FieldValue right)
    {
        if (TryGetWhole(left, out var leftWhole))
            return TryGetWhole(right, out var rightWhole) ? leftWhole == rightWhole : WholeEqualsDouble(leftWhole, right);
        if (left.TryGetDouble(out var leftDouble))
            return right.TryGetDouble(out var rightDouble) ? leftDouble == rightDouble
                : TryGetWhole(right, out var rightWhole) && WholeEqualsDouble(rightWhole, left);
        return left.Type switch
        {
            FieldType.LongString or FieldType.ByteArray =>
                right.Type is FieldType.LongString or FieldType.ByteArray && left.AsBytes.Span.SequenceEqual(right.AsBytes.Span),
            FieldType.Table => right.Type == FieldType.Table && TablesEqual(left.AsTable(), right.AsTable()),
            FieldType.Array => right.Type == FieldType.Array && ArraysEqual(left.AsArray(), right.AsArray()),
            _ => left.Equals(right),
        };
    }

    // RabbitMQ keeps a timestamp as a plain number, so it matches an integer of the same value.
    private static bool TryGetWhole(FieldValue value, out long whole) => value.TryGetInteger(out whole) || value.TryGetTimestamp(out whole);

    private static bool WholeEqualsDouble(long whole, FieldValue other) =>
        other.TryGetDouble(out var number) && number == whole
        // A long beyond 2^53 rounds when it becomes a double: compare the other way round as well.
        && number is >= -9223372036854775808.0 and < 9223372036854775808.0 && (long)number == whole;

    private static bool TablesEqual(FieldTable left, FieldTable right)
    {
        if (left.Count != right.Count) return false;
        var leftEntries = left.SortedByName();
        var rightEntries = right.SortedByName();
        for (var i = 0; i < leftEntries.Length; i++)
        {
            if (leftEntries[i].Name != rightEntries[i].Name) return false;
            if (!ValueEquals(leftEntries[i].Value, rightEntries[i].Value)) return false;
        }

        return true;
    }

    private static bool ArraysEqual(FieldValue[] left, FieldValue[] right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (!ValueEquals(left[i], right[i])) return false;
        }

        return true;
    }
}
