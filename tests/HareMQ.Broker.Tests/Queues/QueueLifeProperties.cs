using System.Globalization;
using System.Text;
using HareMQ.Broker.Messages;
using HareMQ.Broker.Queues;

namespace HareMQ.Broker.Tests.Queues;

/// <summary>
/// Queues with random features against <see cref="QueueLifeModel"/>, under random use: batches of messages with their own times and priorities,
/// gets, settlements in any order, purges, time that passes, restarts.
/// </summary>
public sealed class QueueLifeProperties
{
    private const int QueuesPerSeed = 12;
    private const int StepsPerQueue = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Random_use_of_a_queue_with_features_matches_a_plain_list(int seed) => RunAsync(seed);

    [Fact]
    public Task Use_that_nobody_has_tried_yet_matches_it_too() => RunAsync(Random.Shared.Next());

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        for (var number = 0; number < QueuesPerSeed; number++)
        {
            var run = new Run(random);
            try
            {
                await run.RunAsync();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, queue {number}: {run}\n{error.Message}", error);
            }
        }
    }

    private sealed class Run(Random random)
    {
        private readonly List<string> _steps = [];
        private readonly List<(string Name, object Value)> _arguments = [];
        private readonly Dictionary<string, LifeMessage> _out = [];
        private LifeBroker _broker = null!;
        private QueueLifeModel _model = null!;
        private int _lastNumber;

        private long NowMs => _broker.Time.NowMs;

        public override string ToString() =>
            string.Join(", ", _arguments.Select(argument => $"{argument.Name}={argument.Value}")) + "\n  " + string.Join("\n  ", _steps.TakeLast(25));

        public async Task RunAsync()
        {
            _broker = await LifeBroker.StartAsync();
            await using var broker = _broker;
            await _broker.DeclareAsync("dead");
            ChooseArguments();
            var queue = await _broker.DeclareAsync("q", [.. _arguments]);
            _model = new QueueLifeModel(queue.Settings);
            for (var step = 0; step < StepsPerQueue; step++)
            {
                await StepAsync(random.Next(100));
                await CheckAsync();
            }
        }

        private void ChooseArguments()
        {
            Maybe("x-message-ttl", () => random.Next(0, 3) * 400);
            Maybe("x-max-length", () => random.Next(0, 8));
            Maybe("x-max-length-bytes", () => random.Next(0, 120));
            Maybe("x-overflow", () => ((string[])["drop-head", "reject-publish", "reject-publish-dlx"])[random.Next(3)]);
            Maybe("x-max-priority", () => random.Next(1, 6));
            if (random.Next(2) == 0)
            {
                _arguments.Add(("x-queue-type", "classic"));
                _arguments.Add(("x-delivery-limit", random.Next(0, 3)));
            }

            if (random.Next(4) == 0) return;
            _arguments.Add(("x-dead-letter-exchange", ""));
            _arguments.Add(("x-dead-letter-routing-key", "dead"));

            void Maybe(string name, Func<object> value)
            {
                if (random.Next(3) == 0) _arguments.Add((name, value()));
            }
        }

        private async Task StepAsync(int kind)
        {
            switch (kind)
            {
                case < 40: Publish(random.Next(1, 6)); break;
                case < 65: await GetAsync(); break;
                case < 85: Settle(); break;
                case < 95: Pass(random.Next(1, 700)); break;
                case < 97: await PurgeAsync(); break;
                default: await RestartAsync(); break;
            }
        }

        private void Publish(int count)
        {
            var queue = _broker.Queue("q");
            var batch = PublishBatch.Rent(new BatchOwner());
            var messages = new List<QueueLifeModel.Message>();
            for (var i = 0; i < count; i++)
            {
                var number = ++_lastNumber;
                var message = new QueueLifeModel.Message
                {
                    Number = number,
                    Text = number.ToString(CultureInfo.InvariantCulture).PadRight(random.Next(4, 30), '.'),
                    Priority = (byte)random.Next(8),
                    PublishedAtMs = NowMs,
                    ExpirationMs = random.Next(3) == 0 ? random.Next(0, 600) : -1,
                    IsPersistent = random.Next(4) > 0,
                };
                messages.Add(message);
                _broker.Add(batch, queue, message.Text, message.ExpirationMs, message.Priority, persistent: message.IsPersistent);
                _steps.Add($"publish {message.Text.TrimEnd('.')} of {message.Text.Length} bytes, priority {message.Priority}, expires {message.ExpirationMs}");
            }

            batch.Dispatch(runInline: true);
            _broker.Run();
            _model.Publish(messages, NowMs);
        }

        private async Task GetAsync()
        {
            var expected = _model.Get(NowMs);
            _steps.Add($"get {expected?.Text.TrimEnd('.') ?? "nothing"}");
            var received = await _broker.GetAsync("q");
            Assert.Equal(expected?.Text, received?.Text);
            if (received is null) return;
            _out.Add(received.Text, received);
            if (expected!.Deliveries > 1 || expected.MustBeRedelivered) Assert.True(received.Redelivered, "it was delivered before");
            else if (!expected.MayBeRedelivered) Assert.False(received.Redelivered, "it was never delivered");
            var counted = received.Headers.TryGet("x-delivery-count", out var count) && count.TryGetInteger(out var times) ? times : 0;
            if (_broker.Queue("q").Settings.DeliveryLimit is not null) Assert.Equal(expected.Deliveries - 1, counted);
        }

        private void Settle()
        {
            if (_model.Out.Count == 0) return;
            var message = _model.Out[random.Next(_model.Out.Count)];
            var settlement = ((Settlement[])[Settlement.Acknowledge, Settlement.Requeue, Settlement.Requeue, Settlement.Discard])[random.Next(4)];
            _steps.Add($"{settlement} {message.Text.TrimEnd('.')}");
            _out.Remove(message.Text, out var received);
            _broker.Settle(settlement, received!);
            _model.Settle(message, settlement, NowMs);
        }

        private void Pass(int milliseconds)
        {
            _steps.Add($"{milliseconds} ms pass");
            _broker.Advance(milliseconds);
        }

        private async Task PurgeAsync()
        {
            _model.Tidy(NowMs);
            await CountAsync();
            var expected = _model.Purge();
            _steps.Add($"purge {expected}");
            Assert.Equal(expected, await _broker.EndOfAsync(_broker.Queue("q").PurgeAsync()));
        }

        private async Task RestartAsync()
        {
            _steps.Add("restart");
            await _broker.RestartAsync();
            _out.Clear();
            _model.Restart(NowMs);
        }

        private async Task CheckAsync()
        {
            _model.Tidy(NowMs);
            Assert.Equal(_model.ReadyCount, await CountAsync());
            var queue = _broker.Queue("q");
            await _broker.UntilAsync(() => queue.DeadCount == 0);
            Assert.Equal(_model.ReadyBytes, queue.ReadyBodyBytes);
            Assert.Equal(_model.Out.Count, queue.UnsettledCount);
            var dead = new List<(string, string)>();
            while (await _broker.GetAsync("dead", autoAck: true) is { } message) dead.Add((message.Text, LatestReason(message)));
            Assert.Equal(_model.Dead.Order(), dead.Order());
            _model.Dead.Clear();
        }

        private async Task<long> CountAsync() => (await _broker.EndOfAsync(_broker.Queue("q").CountAsync())).Ready;

        private static string LatestReason(LifeMessage message)
        {
            Assert.True(message.Headers.TryGet("x-last-death-reason", out var reason));
            return Encoding.UTF8.GetString(reason.AsBytes.Span);
        }
    }
}
