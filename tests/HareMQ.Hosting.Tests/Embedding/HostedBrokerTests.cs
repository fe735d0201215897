using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting.Tests.Embedding;

public sealed class HostedBrokerTests
{
    [Fact]
    public async Task The_broker_starts_before_services_that_were_added_earlier_and_stops_after_them()
    {
        var builder = CreateBuilder();
        builder.Services.AddSingleton<Worker>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Worker>());
        builder.Services.AddHareBroker(options => options.Port = 0);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var worker = host.Services.GetRequiredService<Worker>();
        Assert.Equal("at the start", worker.AtStart);
        var broker = await host.Services.GetRequiredService<IHareBroker>().GetBrokerAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal("at the stop", worker.AtStop);
        Assert.False(Directory.Exists(broker.DataDirectory));
    }

    [Fact]
    public async Task A_web_application_serves_requests_with_its_own_broker()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHareBroker(options => options.Port = 0);
        await using var application = builder.Build();
        application.MapGet("/echo/{text}", async (HttpContext context, IHareBroker broker) =>
        {
            await using var client = await Client.ConnectAsync(await broker.GetUriAsync(context.RequestAborted));
            await client.DeclareAsync("echo");
            await client.PublishAsync("echo", (string)context.Request.RouteValues["text"]!);
            await context.Response.WriteAsync(await client.GetAsync("echo") ?? "", context.RequestAborted);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
        Assert.Equal("hello", await http.GetStringAsync("/echo/hello", TestContext.Current.CancellationToken));
        await application.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_broker_that_cannot_start_fails_the_host_and_whoever_waits_for_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var builder = CreateBuilder();
        builder.Services.AddHareBroker(options => options.Port = ((IPEndPoint)other.LocalEndpoint).Port);
        using var host = builder.Build();
        var waiting = host.Services.GetRequiredService<IHareBroker>().GetUriAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await Assert.ThrowsAsync<HareBrokerException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<HareBrokerException>(() => waiting);
    }

    [Fact]
    public async Task A_wrong_option_fails_the_host()
    {
        var builder = CreateBuilder();
        builder.Services.AddHareBroker(options => options.FrameMaxBytes = 1);
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("FrameMaxBytes is 1", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_fails_for_another_reason_takes_the_broker_down_when_it_is_disposed(bool synchronously)
    {
        var builder = CreateBuilder();
        builder.Services.AddHareBroker(options => options.Port = 0);
        builder.Services.AddHostedService<FailingService>();
        var host = builder.Build();
        await Assert.ThrowsAsync<NotSupportedException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        var broker = await host.Services.GetRequiredService<IHareBroker>().GetBrokerAsync(TestContext.Current.CancellationToken);
        Assert.True(Directory.Exists(broker.DataDirectory));
        if (synchronously) host.Dispose();
        else await ((IAsyncDisposable)host).DisposeAsync();
        Assert.False(Directory.Exists(broker.DataDirectory));
    }

    [Fact]
    public async Task Adding_the_broker_twice_starts_one()
    {
        var builder = CreateBuilder();
        builder.Services.AddHareBroker(options => options.Port = 0).AddHareBroker(options => options.Port = 1);
        using var host = builder.Build();
        Assert.Single(host.Services.GetServices<IHostedService>());
        await host.StartAsync(TestContext.Current.CancellationToken);
        await using var client = await Client.ConnectAsync(
            await host.Services.GetRequiredService<IHareBroker>().GetUriAsync(TestContext.Current.CancellationToken));
        Assert.True(client.Connection.IsOpen);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_provider_whose_host_never_started_is_disposed_without_a_broker()
    {
        var services = new ServiceCollection().AddHareBroker();
        using var provider = services.BuildServiceProvider();
        var waiting = provider.GetRequiredService<IHareBroker>().GetBrokerAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        using var impatient = new CancellationTokenSource();
        var cancelled = provider.GetRequiredService<IHareBroker>().GetUriAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public async Task The_broker_logs_through_the_hosts_logging()
    {
        var builder = CreateBuilder();
        var log = new LogCollector();
        builder.Logging.AddProvider(log);
        builder.Services.AddHareBroker(options => options.Port = 0);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
        Assert.Contains(log.Lines, line => line.StartsWith($"HareMQ.Broker: HareMQ {HareBroker.Version} started", StringComparison.Ordinal));
        Assert.Contains("HareMQ.Broker: HareMQ stopped", log.Lines);
    }

    private static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        return builder;
    }

    /// <summary>Uses the broker in the very calls that start and stop it.</summary>
    private sealed class Worker(IHareBroker broker) : IHostedService
    {
        private Client? _client;

        public string? AtStart { get; private set; }

        public string? AtStop { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            _client = await Client.ConnectAsync(await broker.GetUriAsync(cancellationToken));
            await _client.DeclareAsync("q");
            await _client.PublishAsync("q", "at the start");
            AtStart = await _client.GetAsync("q");
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await _client!.PublishAsync("q", "at the stop");
            AtStop = await _client.GetAsync("q");
            await _client.DisposeAsync();
        }
    }

    private sealed class FailingService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException("on purpose");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
