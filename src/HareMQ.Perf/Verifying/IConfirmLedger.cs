namespace HareMQ.Perf;

/// <summary>Remembers what a publisher was promised.</summary>
internal interface IConfirmLedger
{
    void Confirmed(long sequence);
}
