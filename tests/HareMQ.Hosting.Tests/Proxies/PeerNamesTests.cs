using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using HareMQ.Amqp.Transport;
using HareMQ.Testing;

namespace HareMQ.Hosting.Tests.Proxies;

/// <summary>Names of clients by reverse DNS, from a resolver of the test.</summary>
public sealed class PeerNamesTests
{
    private static readonly IPAddress s_address = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task A_name_is_asked_for_once_and_an_address_without_one_too()
    {
        var asked = new ConcurrentQueue<IPAddress>();
        var names = new PeerNames(TimeProvider.System, address =>
        {
            asked.Enqueue(address);
            return address.Equals(s_address) ? Task.FromResult("client.example") : throw new SocketException((int)SocketError.HostNotFound);
        });
        Assert.Equal("client.example", await names.FindAsync(s_address));
        Assert.Equal("client.example", await names.FindAsync(s_address.MapToIPv6()));
        Assert.Null(await names.FindAsync(IPAddress.Parse("192.0.2.2")));
        Assert.Null(await names.FindAsync(IPAddress.Parse("192.0.2.2")));
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_is_given_up_and_holds_few_threads()
    {
        var clock = new Clock();
        var (asked, never) = (0, new TaskCompletionSource<string>());
        var names = new PeerNames(clock, _ =>
        {
            Interlocked.Increment(ref asked);
            return never.Task;
        });
        var searches = Enumerable.Range(1, 1100).Select(i => names.FindAsync(new IPAddress(i))).ToArray();
        await Eventually.Equal(4, () => Volatile.Read(ref asked));
        // 4 under way and 1000 waiting; whoever came later keeps the address at once.
        await Eventually.Equal(96, () => searches.Count(search => search.IsCompleted));
        Assert.All(searches.Where(search => search.IsCompleted), search => Assert.Null(search.Result));
        await Eventually.Equal(4, () => clock.Timers);
        clock.Fire();
        await Eventually.Equal(100, () => searches.Count(search => search.IsCompleted));
        // Given up, but still with the resolver: nobody takes their places.
        Assert.Equal(4, Volatile.Read(ref asked));
        never.SetResult("late.example");
        Assert.Equal(1000, (await Task.WhenAll(searches)).Count(name => name == "late.example"));
    }

    /// <summary>Time limits end when the test says so.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly ConcurrentBag<Action> _due = [];

        public int Timers => _due.Count;

        public void Fire()
        {
            foreach (var due in _due) due();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _due.Add(() => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
