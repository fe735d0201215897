using System.Globalization;
using HareMQ.Simulation.Machine;

namespace HareMQ.Simulation;

/// <param name="Seeds">Whole runs, each with a seed of its own.</param>
/// <param name="First">The first of the seeds.</param>
/// <param name="Sweep">How many calls of the disk each kind of fault hits in turn, evenly spread over one run.</param>
/// <param name="Only">One run alone, and what happens in it: its seed.</param>
/// <param name="Plan">What goes wrong in that run; null: what its seed says.</param>
/// <param name="Trace">Prints what happens in that run.</param>
internal sealed record Arguments(int Seeds, int First, int Sweep, int? Only, FaultPlan? Plan, bool Trace)
{
    public const string Usage = """
        usage: HareMQ.Simulation [--seeds N] [--first SEED] [--sweep N]
               HareMQ.Simulation --seed SEED [--fault KIND --at CALL [--calls N]] [--trace]
        """;

    private const int DefaultSeeds = 400;

    public static Arguments? Parse(ReadOnlySpan<string> args)
    {
        var seeds = DefaultSeeds;
        if (Environment.GetEnvironmentVariable("SIMULATION_SEEDS") is { Length: > 0 } wanted && !TryParse(wanted, out seeds)) return null;
        var parsed = new Arguments(seeds, First: 1, Sweep: 60, Only: null, Plan: null, Trace: false);
        FaultKind? kind = null;
        int at = 1, calls = 1;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--trace")
            {
                parsed = parsed with { Trace = true };
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isNumber = TryParse(value, out var number);
            switch (args[i++])
            {
                case "--seeds" when isNumber: parsed = parsed with { Seeds = number }; break;
                case "--first" when isNumber: parsed = parsed with { First = number }; break;
                case "--sweep" when isNumber: parsed = parsed with { Sweep = number }; break;
                case "--seed" when isNumber: parsed = parsed with { Only = number }; break;
                case "--at" when isNumber: at = number; break;
                case "--calls" when isNumber: calls = number; break;
                case "--fault" when Enum.TryParse<FaultKind>(value, ignoreCase: true, out var found): kind = found; break;
                default: return null;
            }
        }

        return kind is null ? parsed : parsed with { Plan = new FaultPlan(kind.Value, at, calls) };
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
