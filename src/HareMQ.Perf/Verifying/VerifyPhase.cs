namespace HareMQ.Perf;

internal enum VerifyPhase
{
    Both,
    Publish,
    Drain,
}
