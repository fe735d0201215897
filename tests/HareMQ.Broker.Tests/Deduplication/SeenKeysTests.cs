using FsCheck;
using FsCheck.Fluent;
using HareMQ.Broker.Deduplication;

namespace HareMQ.Broker.Tests.Deduplication;

public sealed class SeenKeysTests
{
    /// <summary>Against a list, newest last.</summary>
    [Fact]
    public void Keys_are_remembered_as_in_a_list_that_loses_its_oldest() =>
        Prop.ForAll(Steps().ToArbitrary(), Run).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Gen<(int Kind, int Key, int Ttl)[]> Steps() => Gen.Choose(0, 9).SelectMany(
        kind => Gen.Choose(0, 30).SelectMany(key => Gen.Choose(1, 40).Select(ttl => (kind, key, ttl)))).ArrayOf();

    private static void Run((int Kind, int Key, int Ttl)[] steps)
    {
        const int CountMax = 8;
        var seen = new SeenKeys(CountMax);
        var model = new List<(int Key, long ExpiresAtMs)>();
        var nowMs = 0L;
        foreach (var (kind, key, ttl) in steps)
        {
            nowMs++;
            Assert.Equal(model.Exists(entry => entry.Key == key && entry.ExpiresAtMs > nowMs), seen.Contains((UInt128)key, nowMs));
            if (kind < 7)
            {
                seen.Add((UInt128)key, nowMs + ttl);
                model.RemoveAll(entry => entry.Key == key);
                model.Add((key, nowMs + ttl));
                if (model.Count > CountMax) model.RemoveAt(0);
            }
            else
            {
                seen.Remove((UInt128)key);
                model.RemoveAll(entry => entry.Key == key);
            }

            Assert.Equal(model.Count, seen.Count);
        }
    }
}
