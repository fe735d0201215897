using HareMQ.Protocol;

namespace HareMQ.Fuzz.Targets;

/// <summary>Properties of a message, read and changed as the broker changes them.</summary>
internal sealed class PropertyTarget : IFuzzTarget
{
    public string Name => "properties";

    public IReadOnlyList<byte[]> Seeds => Targets.Seeds.Properties;

    public (int Constant, int PerByte) AllocationMax => (64 * 1024, 256);

    public void Run(ReadOnlySpan<byte> input)
    {
        PropertyReads.All(BasicProperties.Read(input));
        var changed = new BasicPropertiesBuilder(input).RemoveExpiration().SetDeliveryMode(2).RemoveHeader("CC")
            .SetHeader("x-death", FieldValue.FromLong(1)).ToEncoded();
        var properties = BasicProperties.Read(changed);
        Check(properties.IsPersistent && !properties.Has(BasicPropertyFlags.Expiration), "A change was lost.");
        Check(FieldTableScan.TryFind(properties.Headers, "x-death"u8, out _, out _), "A header was lost.");
        Check(!FieldTableScan.TryFind(properties.Headers, "CC"u8, out _, out _), "A removed header stayed.");
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidOperationException(otherwise);
    }
}
