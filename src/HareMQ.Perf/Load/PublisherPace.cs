namespace HareMQ.Perf;

/// <summary>
/// One publisher's part of a <see cref="RatePlan"/>: of the run's messages every n-th, so that publishers do not send in step.
/// </summary>
internal readonly struct PublisherPace(RatePlan plan, int publisher, int publishers)
{
    public long DueAfter(long elapsedNanoseconds) =>
        Math.Max(0, (plan.DueAfter(elapsedNanoseconds) - publisher + publishers - 1) / publishers);

    public long DueTime(long index) => plan.DueTime((index * publishers) + publisher);
}
