using HareMQ.Broker.Policies;
using HareMQ.Simulation.Clients;
using HareMQ.Simulation.Machine;
using HareMQ.Simulation.Model;
using HareMQ.Storage;

namespace HareMQ.Simulation.Runs;

/// <param name="Events">Everything that happened, one at a time.</param>
/// <param name="DiskCalls">Calls of the broker to its file system.</param>
/// <param name="Hash">The same for the same seed and plan.</param>
/// <param name="Messages">Published.</param>
/// <param name="Confirmed">How many of them the broker promised to keep.</param>
/// <param name="Delivered">Deliveries that reached a client.</param>
/// <param name="Lives">Of the broker.</param>
internal sealed record RunResult(long Events, long DiskCalls, string Hash, int Messages, int Confirmed, int Delivered, int Lives);

/// <summary>
/// One whole run from one seed: clients at work, ends of the broker in between, and at last everything that is left is taken out and counted.
/// </summary>
internal sealed class SimulationRun
{
    private const int SetupEventsMax = 20_000;
    private const int RestEventsMax = 400_000;
    private const long ExpirySlackMs = 200;
    private const long DayMs = 24 * 3600 * 1000L;

    private readonly Random _random;
    private readonly Trace _trace;
    private readonly Profile _profile;
    private readonly SimulatedDisk _disk;
    private readonly Ledger _ledger;
    private readonly bool _mayFail;
    private readonly bool _cutsPower;
    private readonly List<Client> _clients = [];

    // Queues that belong to a connection, those of connections that are gone included.
    private readonly List<(Client Owner, QueueModel Queue)> _exclusive = [];

    // Deleted when the broker ended.
    private readonly Queue<QueueModel> _deleted = [];
    private BrokerLife _life = null!;
    private AdminChannel _admin = null!;
    private AdminChannel _gardener = null!;
    private long _nowMs;
    private long _wallOffsetMs;
    private int _lastPublisher;
    private long _fleetingUsedAtMs = long.MinValue / 2;

    public SimulationRun(int seed, FaultPlan plan, TextWriter? output)
    {
        _random = new Random(seed);
        _trace = new Trace(output);
        _profile = new Profile(_random);
        _disk = new SimulatedDisk(_random, _trace, plan);
        _ledger = new Ledger(_trace, Scenario.All);
        _mayFail = plan.Kind is not (FaultKind.None or FaultKind.PowerCut or FaultKind.ProcessKill);
        _cutsPower = _random.Next(2) == 0;
    }

    private Scenario Scenario => _profile.Scenario;

    /// <exception cref="BrokenPromiseException">The broker did what it must never do.</exception>
    public RunResult Run()
    {
        var before = SynchronizationContext.Current;
        try
        {
            Start();
            AfterEvent();
            for (var step = 0; step < _profile.Steps; step++) Step();
            Finish();
            return new RunResult(
                _trace.Count, _disk.Calls, _trace.Hash, _ledger.Published, _ledger.Confirmed, _ledger.Delivered, _ledger.Life);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 62: _life.Loop.TryStep(); break;
            case < 76: Publish(); break;
            case < 92: Consume(); break;
            case < 98: _life.Time.Advance(_random.Next(1, 40)); break;
            case 98: Disturb(); break;
            default: if (_random.NextDouble() < _profile.CrashRate * 100) EndSomehow(); break;
        }

        AfterEvent();
    }

    private void AfterEvent()
    {
        _ledger.IsDisturbed |= _disk.HasFailed;
        if (_disk.Remains is not null) Restart(isClean: false);
        if (_life.Complaint is { } complaint) throw new BrokenPromiseException(complaint);
    }

    private void Publish()
    {
        var ready = Channels<PublisherChannel>().Where(channel => channel.UnconfirmedCount < 60).ToArray();
        if (ready.Length == 0) return;
        var channel = ready[_random.Next(ready.Length)];
        if (channel.Kind == PublisherKind.Transactional && _random.Next(4) == 0)
        {
            if (_random.Next(3) > 0) channel.Commit();
            else channel.Rollback();
            return;
        }

        for (var count = _random.Next(1, 6); count > 0; count--)
        {
            var route = ChooseRoute();
            // A queue that refuses one of its messages fails the transaction, and with it the channel.
            if (channel.Kind == PublisherKind.Transactional && route.Queues.Any(queue => queue.MayRefuse)) continue;
            // A duplicate in a transaction is published when its original gave way meanwhile.
            if (channel.Kind == PublisherKind.Transactional && route.Deduplicates) continue;
            int? delayMs = route.IsDelaying && _random.Next(4) > 0 ? _random.Next(1, 5000) : null;
            int? expirationMs = !route.Deduplicates && _random.Next(12) == 0 ? _random.Next(0, 2000) : null;
            var bodyBytes = _random.Next(40) switch { 0 => _random.Next(4000, 20_000), < 4 => _random.Next(600, 2500), _ => _random.Next(4, 200) };
            var key = route.Deduplicates && _random.Next(8) > 0 ? $"k{_random.Next(_profile.Keys)}" : null;
            var (isPersistent, priority) = (_random.Next(6) > 0, (byte)_random.Next(5));
            var message = _ledger.Publish(id => new Message
            {
                Id = id, Publisher = channel.Publisher, Persistent = isPersistent, Priority = Math.Min(priority, (byte)3), IsDelayed = delayMs is not null,
                Expires = expirationMs is not null, Key = key, Queues = route.Queues, BodyBytes = bodyBytes, Life = _ledger.Life, PublishedAt = _trace.Count,
            });
            channel.Publish(route.Exchange, route.Key, message, expirationMs, delayMs);
        }
    }

    private Route ChooseRoute()
    {
        if (_profile.Focus is { } focus && _random.Next(4) > 0) return Scenario.Routes[focus % Scenario.Routes.Count];
        var exclusive = _exclusive.LastOrDefault();
        return exclusive.Owner is { IsOpen: true } && _random.Next(6) == 0
            ? new Route("", exclusive.Queue.Name, IsDelaying: false, [exclusive.Queue])
            : Scenario.Routes[_random.Next(Scenario.Routes.Count)];
    }

    private void Consume()
    {
        var ready = Channels<ConsumerChannel>().ToArray();
        if (ready.Length == 0) return;
        var channel = ready[_random.Next(ready.Length)];
        if (channel.Polls && channel.UnsettledCount < 5) channel.Get();
        if (channel.UnsettledCount == 0 || _random.Next(5) == 0) return;
        var settlement = _random.Next(10) switch { < 7 => ClientSettlement.Acknowledge, < 9 => ClientSettlement.Requeue, _ => ClientSettlement.Discard };
        channel.Settle(_random.Next(channel.UnsettledCount), isMultiple: _random.Next(3) == 0, settlement);
    }

    private void Disturb()
    {
        switch (_random.Next(13))
        {
            case 0 or 1 when _clients.Count > 1:
                var left = _random.Next(1, _clients.Count);
                _clients[left].HangUp(losesBytes: _random.Next(2) == 0);
                _clients.RemoveAt(left);
                Connect();
                break;
            case 2 or 3:
                var channels = Channels<ClientChannel>().Where(channel => channel is not AdminChannel && !channel.AwaitsAnswer).ToArray();
                if (channels.Length > 0) channels[_random.Next(channels.Length)].Reopen();
                break;
            case 4:
                var consuming = Channels<ConsumerChannel>().Where(channel => channel is { Polls: false, AwaitsAnswer: false, AutoAck: false }).ToArray();
                if (consuming.Length == 0) break;
                var consumer = consuming[_random.Next(consuming.Length)];
                if (consumer.IsConsuming) consumer.Cancel();
                else consumer.Consume();
                break;
            case 5 when _admin.IsReady:
                var full = Scenario.All[_random.Next(Scenario.All.Count)];
                if (full is { IsBeingDeleted: false, ExpiresAfterMs: null }) _admin.Purge(full, () => IsUntouched(full));
                break;
            case 6: ChangePolicy(); break;
            case >= 8 and < 12: DeleteOrDeclare(); break;
            case 7 when _profile.ClockJumps: _life.Time.WallOffsetMs = _random.NextInt64(-3600_000, 3600_000); break;
            default: _life.Time.Advance(_random.Next(100, 3000)); break;
        }
    }

    private void DeleteOrDeclare()
    {
        if (!_gardener.IsReady || _gardener.AwaitsAnswer) return;
        if (Scenario.All.FirstOrDefault(queue => queue.IsAbsent) is { } absent)
        {
            DeclareAgain(absent);
            return;
        }

        if (Scenario.Fleeting is { } fleeting && _random.Next(2) == 0)
        {
            LookForExpiry(fleeting);
            return;
        }

        var queue = Scenario.All[_random.Next(Scenario.All.Count)];
        var condition = (DeleteCondition)_random.Next(3);
        // One purge or deletion at a time: what is said of the one must not depend on the other.
        if (queue.MayBeDeleted && !_admin.AwaitsAnswer) _gardener.Delete(queue, condition, () => IsUntouched(queue));
    }

    private void DeclareAgain(QueueModel queue)
    {
        var askedAtMs = _life.Time.NowMs;
        queue.IsAbsent = false;
        Scenario.Declare(_gardener, queue);
        _gardener.Then(() =>
        {
            _ledger.Replaced(queue);
            if (queue.ExpiresAfterMs is not null) _fleetingUsedAtMs = askedAtMs;
            foreach (var consumer in _clients.SelectMany(client => client.Channels).OfType<ConsumerChannel>().Where(one => ReferenceEquals(one.Queue, queue)))
                consumer.QueueIsBack();
        });
    }

    /// <summary>The queue must be there for its time after the last use, and may be gone afterwards.</summary>
    private void LookForExpiry(QueueModel queue)
    {
        var (held, askedAtMs) = (_ledger.Held(queue), _life.Time.NowMs);
        _gardener.Probe(queue, isThere =>
        {
            // Each look is a use.
            if (isThere) _fleetingUsedAtMs = askedAtMs;
            else if (_life.Time.NowMs - _fleetingUsedAtMs < queue.ExpiresAfterMs && !_profile.ClockJumps) throw new BrokenPromiseException($"{queue.Name} has expired before its time.");
            else _ledger.Deleted(queue, held, Loss.Expired);
        });
    }

    /// <summary>Nobody is there who could take something from the queue, or had something that comes back.</summary>
    private bool IsUntouched(QueueModel queue) => queue.LeavingChannels == 0
        && !_clients.SelectMany(client => client.Channels).OfType<ConsumerChannel>().Any(channel => ReferenceEquals(channel.Queue, queue));

    private void ChangePolicy()
    {
        Scenario.More.Drops = true;
        var definition = _random.Next(3) switch
        {
            0 => """{"max-length":4}""",
            1 => """{"message-ttl":300}""",
            _ => """{"max-length":1000000}""",
        };
        var policy = new Policy(
            PolicyKind.User, "/", "more", $"^{Scenario.More.Name}$", PolicyTarget.Queues, Priority: 0, PolicyDefinition.Parse(definition));
        _ = ObserveAsync(_life.Core.PutPolicyAsync(policy));
    }

    /// <summary>What fails without a client's asking shows here.</summary>
    private async Task ObserveAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (StorageException) when (_mayFail)
        {
            _trace.Note("the policy could not be written");
        }
    }

    private IEnumerable<TChannel> Channels<TChannel>()
        where TChannel : ClientChannel =>
        _clients.SelectMany(client => client.Channels).OfType<TChannel>().Where(channel => channel.IsReady);

    private void Start()
    {
        while (true)
        {
            try
            {
                _life = new BrokerLife(_random, _trace, _disk, _profile.DiskSlowness, _mayFail, _nowMs, _wallOffsetMs);
                break;
            }
            catch (StorageException error) when (_mayFail)
            {
                _trace.Note("the broker does not start");
                _trace.Comment(error.ToString());
                _disk.IsHealed = true;
                _disk.Kill();
                _disk.Continue();
            }
        }

        _trace.Note($"life {_ledger.Life}");
        _clients.Clear();
        if (_disk.Remains is null) SetUp();
    }

    private void SetUp()
    {
        var transport = _life.Connect(out var name);
        var client = new Client(name, transport, _trace, _mayFail);
        _clients.Add(client);
        _admin = client.Add((owner, number) => new AdminChannel(owner, number, _ledger, DeclareAll));
        _gardener = client.Add((owner, number) => new AdminChannel(owner, number, _ledger));
        for (var events = 0; !_admin.IsOpen || _admin.AwaitsAnswer; events++)
        {
            if (_disk.Remains is not null) return;
            if (_life.Complaint is { } complaint) throw new BrokenPromiseException(complaint);
            // With a disk that fails, what cannot be declared takes another start.
            if (client.IsOver || events > SetupEventsMax || (!_admin.IsOpen && client.IsOpen && !_admin.AwaitsAnswer))
            {
                if (!_mayFail) throw new BrokenPromiseException("The queues cannot be declared.");
                _disk.IsHealed = true;
                _disk.Kill();
                return;
            }

            if (!_life.Loop.TryStep()) _life.Time.Advance(_life.Time.NextDueMs() is { } due ? due - _life.Time.NowMs : 1);
        }

        for (var count = _profile.Publishers + _profile.Consumers; count > 0; count--) Connect();
    }

    /// <summary>What was deleted before the restart must not be there. A look for what is not there ends the channel, which then opens anew.</summary>
    private void DeclareAll(AdminChannel channel)
    {
        if (_deleted.TryPeek(out var deleted))
        {
            channel.Probe(deleted, isThere =>
            {
                if (isThere) throw new BrokenPromiseException($"{deleted.Name} was deleted, and is there again.");
                _deleted.Dequeue();
            });
            return;
        }

        Scenario.Declare(channel);
    }

    private void Connect()
    {
        var transport = _life.Connect(out var name);
        var client = new Client(name, transport, _trace, _mayFail);
        _clients.Add(client);
        var publishers = _clients.Sum(other => other.Channels.OfType<PublisherChannel>().Count());
        for (var channels = _random.Next(1, 4); channels > 0; channels--)
        {
            if (publishers++ < _profile.Publishers) AddPublisher(client);
            else AddConsumer(client);
        }
    }

    private void AddPublisher(Client client)
    {
        var chance = _random.Next(8);
        var kind = chance == 7 ? PublisherKind.Transactional : chance < _profile.SilentPublishers ? PublisherKind.Silent : PublisherKind.Confirming;
        client.Add((owner, number) => new PublisherChannel(owner, number, _ledger, () => ++_lastPublisher, kind));
    }

    private void AddConsumer(Client client)
    {
        var queue = Scenario.All[_random.Next(Scenario.All.Count)];
        if (_random.Next(10) == 0)
        {
            queue = new QueueModel($"q.mine.{_exclusive.Count}") { Durable = false, Drops = true, IsExclusive = true };
            _exclusive.Add((client, queue));
        }

        var (autoAck, prefetch, polls) = (_random.Next(8) == 0, (ushort)_random.Next(0, 8), _random.Next(6) == 0);
        client.Add((owner, number) => new ConsumerChannel(owner, number, _ledger, queue)
        {
            AutoAck = autoAck, Prefetch = prefetch, SharesPrefetch = _random.Next(3) == 0, Polls = polls,
        });
    }

    private void EndSomehow()
    {
        switch (_random.Next(3))
        {
            case 0: Stop(); break;
            case 1 when _cutsPower: _disk.LosePower(); break;
            default: _disk.Kill(); break;
        }
    }

    /// <summary>As a service manager does it. What the disk refuses meanwhile makes it a crash.</summary>
    private void Stop()
    {
        _trace.Note("stop");
        foreach (var client in _clients) client.HangUp(losesBytes: false);
        Rest(2000);
        if (_disk.Remains is not null) return;
        if (_life.Server.ConnectionCount > 0) throw new BrokenPromiseException("Connections stay although their clients have left.");
        var stopping = ObserveAsync(_life.StopAsync());
        Rest(5000);
        if (_disk.Remains is not null) return;
        if (!stopping.IsCompleted && !_mayFail) throw new BrokenPromiseException("The broker does not stop.");
        if (stopping.IsFaulted) throw new BrokenPromiseException($"The broker does not stop: {stopping.Exception}");
        _disk.Kill();
        Restart(isClean: !_mayFail);
    }

    private void Restart(bool isClean)
    {
        do
        {
            _trace.Note(isClean ? "the end" : "the end, suddenly");
            foreach (var client in _clients) client.End();
            _life.Die();
            (_nowMs, _wallOffsetMs) = (_life.Time.NowMs + _random.Next(1, 2000), _life.Time.WallOffsetMs);
            foreach (var queue in Scenario.All)
                if (queue is { IsAbsent: true, ExpiresAfterMs: null } && !_deleted.Contains(queue)) _deleted.Enqueue(queue);
            // On a full disk it cannot be noted what was delivered.
            _ledger.Restart(isClean, _disk.LostPower, forgetsFlags: _mayFail, forgetsPurges: _mayFail);
            _disk.Continue();
            Start();
            isClean = false;
        }
        while (_disk.Remains is not null);
    }

    /// <summary>Lets everything happen that is due within so much time.</summary>
    private void Rest(long milliseconds)
    {
        var until = _life.Time.NowMs + milliseconds;
        for (var events = 0; ; events++)
        {
            if (events > RestEventsMax) throw new BrokenPromiseException("The broker does not come to rest.");
            if (_disk.Remains is not null) return;
            if (_life.Complaint is { } complaint) throw new BrokenPromiseException(complaint);
            _ledger.IsDisturbed |= _disk.HasFailed;
            if (_life.Loop.TryStep()) continue;
            if (_life.Time.NowMs >= until) return;
            _life.Time.Advance(Math.Min(until, _life.Time.NextDueMs() ?? until) - _life.Time.NowMs);
        }
    }

    private void Finish()
    {
        _disk.IsHealed = true;
        RestThroughCrashes(1000);
        while (Scenario.All.FirstOrDefault(queue => queue.IsAbsent) is { } absent && _gardener.IsReady)
        {
            DeclareAgain(absent);
            RestThroughCrashes(100);
        }

        if (!_mayFail)
        {
            CheckAnswers();
            CheckCounts();
            CheckGone();
        }

        if (_mayFail || _random.Next(2) == 0)
        {
            EndSomehow();
            AfterEvent();
        }

        // Once more if the power is cut in the middle of it.
        while (!TryDrain()) AfterEvent();
        if (_ledger.Missing() is [var missing, ..] all)
            throw new BrokenPromiseException($"{missing} is lost, and {all.Count - 1} more: {string.Join(", ", all.Take(20))}.");
    }

    private void RestThroughCrashes(long milliseconds)
    {
        Rest(milliseconds);
        while (_disk.Remains is not null)
        {
            AfterEvent();
            Rest(1000);
        }
    }

    private void CheckAnswers()
    {
        foreach (var channel in _clients.Where(client => !client.IsOver).SelectMany(client => client.Channels))
        {
            if (channel.AwaitsAnswer) throw new BrokenPromiseException($"Channel {channel.Number} of {channel.Client.Name} gets no answer.");
            if (channel is PublisherChannel { UnconfirmedCount: > 0 })
                throw new BrokenPromiseException($"Channel {channel.Number} of {channel.Client.Name} waits for confirms.");
            if (channel is ConsumerChannel { AwaitsCancel: true } consumer)
                throw new BrokenPromiseException($"Channel {channel.Number} of {channel.Client.Name} is not told that {consumer.Queue.Name} is gone.");
        }
    }

    private void CheckCounts()
    {
        foreach (var queue in Scenario.All.Where(queue => queue.ExpiresAfterMs is null))
        {
            uint? count = null;
            _admin.Declare(queue, passive: true, found => count = found);
            Rest(0);
            if (_disk.Remains is not null) return;
            var (min, max) = _ledger.Count(queue);
            if (count is null) throw new BrokenPromiseException($"{queue.Name} is not counted.");
            if (count < min || count > max) throw new BrokenPromiseException($"{queue.Name} counts {count} messages in place of {min} to {max}.");
        }
    }

    /// <summary>Queues of connections that are gone, and the one that nobody has used for long enough.</summary>
    private void CheckGone()
    {
        var queues = _exclusive.Where(one => one.Owner.IsOver).Select(one => one.Queue).ToList();
        if (Scenario.Fleeting is { } fleeting && IsUntouched(fleeting) && !_profile.ClockJumps)
        {
            Rest(fleeting.ExpiresAfterMs!.Value + ExpirySlackMs);
            queues.Add(fleeting);
        }

        foreach (var queue in queues)
        {
            if (_disk.Remains is not null || !_gardener.IsReady) return;
            bool? isThere = null;
            _gardener.Probe(queue, found => isThere = found);
            Rest(0);
            if (_disk.Remains is null && isThere != false) throw new BrokenPromiseException($"{queue.Name} should be gone, and is there.");
            if (queue.ExpiresAfterMs is not null && isThere == false) DeclareAgain(queue);
            Rest(0);
        }
    }

    /// <returns>False: the broker has died meanwhile.</returns>
    private bool TryDrain()
    {
        foreach (var other in _clients) other.HangUp(losesBytes: false);
        Rest(1000);
        if (_disk.Remains is not null) return false;
        _trace.Note("drain");
        if (_profile.ClockJumps) _life.Time.WallOffsetMs = DayMs;
        _clients.Clear();
        var client = new Client("drain", _life.Connect(out _), _trace, mayFail: false);
        _clients.Add(client);
        // What expires is gone before all this is over.
        var kept = Scenario.All.Where(queue => queue.ExpiresAfterMs is null).ToArray();
        foreach (var queue in kept)
            client.Add((owner, number) => new ConsumerChannel(owner, number, _ledger, queue) { AcknowledgesAtOnce = true, IsAlone = true });
        var counting = client.Add((owner, number) => new AdminChannel(owner, number, _ledger));
        // The longest delay, and the time after which dead letters are tried again.
        Rest(12_000);
        foreach (var queue in kept)
        {
            if (_disk.Remains is not null) return false;
            counting.Declare(queue, passive: true, count =>
            {
                if (count > 0) throw new BrokenPromiseException($"{queue.Name} counts {count} messages that it does not deliver.");
            });
        }

        Rest(100);
        if (_disk.Remains is not null) return false;
        if (_life.BufferBytes > 0) throw new BrokenPromiseException($"The store keeps {_life.BufferBytes} bytes of buffers.");
        return true;
    }
}
