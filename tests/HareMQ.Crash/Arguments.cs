using System.Globalization;

namespace HareMQ.Crash;

/// <param name="Rounds">Crash rounds; damage is dealt in each of them, too.</param>
/// <param name="Seed">Round n runs from seed + n, so a failed one is repeated with its own seed and one round.</param>
/// <param name="KeepsFiles">Leaves all data directories behind, not only those of failures.</param>
/// <param name="Messages">How many the dead letter chain moves.</param>
/// <param name="Only">Runs the cases whose names contain it; the others count as skipped.</param>
internal sealed record Arguments(int Rounds, int Seed, bool KeepsFiles, int Messages, string Only)
{
    public const string Usage = "usage: HareMQ.Crash [--rounds N] [--seed S] [--messages N] [--only NAME] [--keep]";

    public static Arguments? Parse(ReadOnlySpan<string> args)
    {
        var parsed = new Arguments(Rounds: 5, Random.Shared.Next(1_000_000_000), KeepsFiles: false, Messages: 100_000, Only: "");
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--keep":
                    parsed = parsed with { KeepsFiles = true };
                    break;
                case "--rounds" when TryParse(value, out var rounds):
                    parsed = parsed with { Rounds = rounds };
                    i++;
                    break;
                case "--seed" when TryParse(value, out var seed):
                    parsed = parsed with { Seed = seed };
                    i++;
                    break;
                case "--messages" when TryParse(value, out var messages) && messages > 0:
                    parsed = parsed with { Messages = messages };
                    i++;
                    break;
                case "--only" when value.Length > 0:
                    parsed = parsed with { Only = value };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return parsed;
    }

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
