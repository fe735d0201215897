namespace HareMQ.Perf;

/// <summary>Connections and threads of one load, from their opening to their closing. Its owner waits, and reads the counters.</summary>
internal sealed class LoadSession : IDisposable
{
    private const int PublishersMax = 32768;

    private readonly LoadOptions _options;
    private readonly Topology _topology;
    private readonly IReadOnlyList<int>? _copies;
    private readonly double _copiesPerMessage;
    private readonly List<LoadThread> _publisherThreads = [];
    private readonly List<LoadThread> _consumerThreads = [];

    public LoadSession(LoadOptions options, Topology topology)
    {
        _options = options;
        _topology = topology;
        _copies = topology.CountCopies();
        _copiesPerMessage = _copies is { Count: > 0 } ? _copies.Average() : 0;
        InFlightMax = _copiesPerMessage > 0 ? options.EffectiveInFlight : 0;
    }

    public RunState State { get; } = new();

    public List<Publisher> Publishers { get; } = [];

    public List<Consumer> Consumers { get; } = [];

    /// <summary>0: no limit.</summary>
    public int InFlightMax { get; }

    public bool KnowsCopies => _copies is not null;

    public long Published => _publisherThreads.Sum(thread => thread.Tally.Published);

    public long Settled => Publishers.Sum(publisher => publisher.Settled);

    public long Nacked => Publishers.Sum(publisher => publisher.Nacked);

    public long Returned => Publishers.Sum(publisher => publisher.Returned);

    public long Consumed => _consumerThreads.Sum(thread => thread.Tally.Consumed);

    /// <summary>Deliveries that must follow from what has been published.</summary>
    public long Expected => Publishers.Sum(publisher => publisher.Batch.Copies(publisher.Published));

    public long ExpectedBytes => Publishers.Sum(publisher => publisher.Batch.CopiedBytes(publisher.Published));

    public long PublishedBytes => Publishers.Sum(publisher => publisher.Batch.BodyBytes(publisher.Published));

    public long ConsumedBytes => Consumers.Sum(consumer => consumer.BodyBytes);

    public long Unroutable => Publishers.Sum(publisher => publisher.Batch.Unroutable(publisher.Published));

    public bool ArePublishersDone => _publisherThreads.All(thread => thread.IsEnded);

    public bool AreConsumersDone => _consumerThreads.All(thread => thread.IsEnded);

    /// <summary>When the broker had handled the last publish; 0 if nobody published.</summary>
    public long PublishedAt => Publishers.Select(publisher => publisher.DoneAt).DefaultIfEmpty().Max();

    /// <summary>When the last delivery was received.</summary>
    public long ConsumedAt => Consumers.Select(consumer => consumer.LastAt).DefaultIfEmpty().Max();

    /// <summary>By all threads, until their end.</summary>
    public long AllocatedBytes => _publisherThreads.Concat(_consumerThreads).Sum(thread => thread.AllocatedBytes);

    /// <summary>Copied: the threads may be at work.</summary>
    public Histogram Latency => Merge(_consumerThreads, thread => thread.Latency);

    /// <inheritdoc cref="Latency"/>
    public Histogram ConfirmLatency => Merge(_publisherThreads, thread => thread.ConfirmLatency);

    /// <summary>How many more may be published before consumers have caught up. Called by publishing threads for every burst.</summary>
    public long InFlightRoom()
    {
        long published = 0, consumed = 0;
        foreach (var thread in _publisherThreads) published += thread.Tally.Published;
        foreach (var thread in _consumerThreads) consumed += thread.Tally.Consumed;
        return Math.Max(0, InFlightMax - (published - (long)(consumed / _copiesPerMessage)));
    }

    public void StartConsumers(IDeliveryLedger? ledger = null)
    {
        for (var i = 0; i < _options.Consumers; i++)
        {
            // On from where publishers end: with two nodes and one of each, messages cross from one to the other.
            var link = AmqpLink.Open(_options.AddressOf(_options.Publishers + i), _options.Timeout);
            if (!_options.AutoAck && _options.Prefetch > 0) link.SetPrefetch(_options.Prefetch);
            var queues = Share(_topology.Queues, i, _options.Consumers);
            var plan = new ConsumerPlan(i + 1, queues, _options.EffectiveAckEvery, ledger);
            Consumers.Add(new Consumer(link, this, plan));
        }

        Start(Consumers, _consumerThreads, _options.ConsumerThreads, "consumers");
    }

    public bool AreConsumersReady => Consumers.All(consumer => consumer.IsReady);

    public void OpenPublishers(RatePlan? rate, Func<int, IConfirmLedger>? ledgerOf = null)
    {
        if (_options.Publishers > PublishersMax) throw PerfException.Usage($"--publishers: at most {PublishersMax}");
        for (var i = 0; i < _options.Publishers; i++)
        {
            var link = AmqpLink.Open(_options.AddressOf(i), _options.Timeout);
            if (_options.Confirms > 0) link.SelectConfirms();
            var template = Template(i);
            // Publishing to a queue that does not exist is a way to test returns; counting its messages would end the channel.
            var barrier = _topology.Queues.Count > 0 ? _topology.Queues[i % _topology.Queues.Count] : null;
            var plan = new PublisherPlan(
                i + 1,
                _options.Count is { } count ? (count / _options.Publishers) + (i < count % _options.Publishers ? 1 : 0) : null,
                rate is null ? null : new PublisherPace(rate, i, _options.Publishers),
                _options.Confirms,
                barrier,
                ledgerOf?.Invoke(i + 1));
            Publishers.Add(new Publisher(link, this, plan, MessageBatch.Create(template, link.FrameMaxBytes, seed: i)));
        }
    }

    /// <returns>When the rate plan starts.</returns>
    public long StartPublishers()
    {
        State.PublishFrom = Clock.Now;
        Start(Publishers, _publisherThreads, _options.PublisherThreads, "publishers");
        return State.PublishFrom;
    }

    /// <summary>Ends what still runs; afterwards counters stand still and links can be asked again.</summary>
    public void Join()
    {
        foreach (var thread in _publisherThreads.Concat(_consumerThreads)) thread.Join();
        foreach (var connection in Publishers.Concat<LoadConnection>(Consumers)) connection.EndLoad();
    }

    /// <summary>Waits until the broker has handled the last acks: it answers on the same channel.</summary>
    public void AwaitAcks()
    {
        foreach (var consumer in Consumers) consumer.Link.SetPrefetch(_options.Prefetch);
    }

    public void Close()
    {
        foreach (var connection in Publishers.Concat<LoadConnection>(Consumers)) connection.Link.Close();
    }

    public void Dispose()
    {
        State.GiveUp = true;
        foreach (var thread in _publisherThreads.Concat(_consumerThreads)) thread.Join();
        foreach (var connection in Publishers.Concat<LoadConnection>(Consumers)) connection.Link.Dispose();
    }

    private MessageTemplate Template(int publisher)
    {
        var keys = Share(Enumerable.Range(0, _topology.RoutingKeys.Count).ToArray(), publisher, _options.Publishers);
        return new MessageTemplate
        {
            Exchange = _topology.Exchange,
            RoutingKeys = [.. keys.Select(key => _topology.RoutingKeys[key])],
            Copies = _copies is null ? [] : [.. keys.Select(key => _copies[key])],
            BodyBytes = _options.Size,
            Mandatory = _options.Mandatory,
            Persistent = _options.Persistent,
            Priority = _options.Priority,
            Headers = _options.Headers,
        };
    }

    // Those that are one member's when all go round; if there are fewer of them than members, each still gets one.
    private static IReadOnlyList<T> Share<T>(IReadOnlyList<T> all, int member, int members) =>
        all.Count >= members ? [.. all.Where((_, index) => index % members == member)] : all.Count == 0 ? [] : [all[member % all.Count]];

    private void Start(IReadOnlyList<LoadConnection> connections, List<LoadThread> threads, int count, string name)
    {
        for (var i = 0; i < Math.Min(count, connections.Count); i++)
            threads.Add(new LoadThread($"{name} {i + 1}", State, [.. connections.Where((_, index) => index % count == i)]));
        foreach (var thread in threads) thread.Start();
    }

    private static Histogram Merge(List<LoadThread> threads, Func<LoadThread, Histogram> histogram)
    {
        var merged = new Histogram();
        foreach (var thread in threads) merged.Add(histogram(thread));
        return merged;
    }
}
