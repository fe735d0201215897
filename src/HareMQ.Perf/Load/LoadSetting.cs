namespace HareMQ.Perf;

/// <summary>A load in one line.</summary>
internal static class LoadSetting
{
    public static string Describe(LoadOptions options)
    {
        var words = new List<string>
        {
            Plural(options.Publishers, "publisher"), Plural(options.Consumers, "consumer"), Plural(options.Queues.Count, "queue"),
            $"{options.Size} B", options.Persistent ? "persistent" : "transient",
        };
        if (options.Publishers > 0) words.Add(Rate(options));
        if (options.Confirms > 0) words.Add($"confirms (window {options.Confirms})");
        if (options.Consumers > 0)
            words.Add(options.AutoAck ? "auto-ack" : $"ack every {options.EffectiveAckEvery}, prefetch {options.Prefetch}");
        if (options.EffectiveInFlight > 0) words.Add($"at most {options.EffectiveInFlight} in flight");
        return string.Join(", ", words);
    }

    private static string Rate(LoadOptions options) => options.Rate.Count switch
    {
        0 => "as fast as possible",
        1 => $"{Units.Value(options.Rate[0].PerSecond)}/s",
        _ => $"rates {string.Join(", ", options.Rate.Select(step => Units.Value(step.PerSecond)))}/s",
    };

    private static string Plural(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
