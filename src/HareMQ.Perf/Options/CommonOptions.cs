namespace HareMQ.Perf;

/// <summary>What every scenario can be told.</summary>
internal record CommonOptions
{
    public IReadOnlyList<BrokerAddress> Addresses { get; set; } = [BrokerAddress.Parse("amqp://guest:guest@localhost:5672/")];

    /// <summary>How long to wait for an answer, and for a run that stands still.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    public int? Pid { get; set; }

    public bool Keep { get; set; }

    /// <summary>A file, or "-" for standard output.</summary>
    public string? Json { get; set; }

    public bool Quiet { get; set; }

    public BrokerAddress AddressOf(int connection) => Addresses[connection % Addresses.Count];
}
