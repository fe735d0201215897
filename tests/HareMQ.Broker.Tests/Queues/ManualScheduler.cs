using HareMQ.Broker.Scheduling;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>Runs turns when the test says so, on the test's thread.</summary>
internal sealed class ManualScheduler : ITurnScheduler
{
    private readonly Queue<IThreadPoolWorkItem> _turns = new();

    public int Waiting => _turns.Count;

    public void Schedule(IThreadPoolWorkItem turn) => _turns.Enqueue(turn);

    public void RunAll()
    {
        while (_turns.TryDequeue(out var turn)) turn.Execute();
    }
}
