namespace HareMQ.Storage;

/// <summary>Told when what it waits for is on stable storage.</summary>
internal interface ISyncCompletion
{
    /// <summary>Called once per request, on the sync thread, in the order of the requests. Must be short and must not throw.</summary>
    /// <param name="error">Why nothing is guaranteed; null if all went well.</param>
    void OnSynced(Exception? error);
}
