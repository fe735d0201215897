namespace HareMQ.Storage;

/// <summary>
/// Who does the work of a <see cref="SyncLoop"/>. Production has a thread for it; simulations run a round when their seed says so.
/// Disposing finishes what waits.
/// </summary>
internal interface ISyncWorker : IDisposable
{
    /// <summary>Called once, before anything else.</summary>
    /// <param name="round">Syncs all that has gathered; false: there was nothing, and <see cref="Wake"/> tells when there is. One at a time.</param>
    void Start(Func<bool> round);

    /// <summary>There is work again. Any thread; called only after a round that found nothing, or to have the last rounds done.</summary>
    void Wake();
}
