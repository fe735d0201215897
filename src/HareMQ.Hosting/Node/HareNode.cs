using System.Globalization;
using HareMQ.Management;
using HareMQ.Management.Control;
using HareMQ.Storage;
using Microsoft.Extensions.Logging;

namespace HareMQ.Hosting;

/// <summary>
/// What the server program runs: a broker that can be stopped, reset and started again while the process and its control socket stay.
/// </summary>
internal sealed class HareNode : INodeControl, IAsyncDisposable
{
    private readonly ServerSettings _settings;
    private readonly string _dataDirectory;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held while the broker starts, stops or is reset.</summary>
    private readonly SemaphoreSlim _changing = new(1, 1);

    private volatile HareBroker? _broker;
    private volatile NodeState _state = NodeState.Stopped;
    private IDisposable? _socketLock;
    private ControlServer? _control;
    private bool _disposed;

    private HareNode(HareServerArguments arguments, ILoggerFactory loggers)
    {
        _settings = arguments.Settings;
        _settings.Broker.LoggerFactory = loggers;
        _settings.Broker.Node = this;
        _settings.Broker.ConfigurationFiles = arguments.Files;
        _dataDirectory = Path.GetFullPath(_settings.Broker.DataDirectory!);
        _loggers = loggers;
        _logger = loggers.CreateLogger("HareMQ.Server");
        Settings = EffectiveConfiguration.Describe(_settings, arguments.Assignments);
    }

    public string NodeName => _settings.Broker.NodeName;

    public string ProductVersion => HareBroker.Version;

    public NodeState State => _state;

    public ManagementServer? Api => _state == NodeState.Running ? _broker?.Management : null;

    public IReadOnlyList<EffectiveSetting> Settings { get; }

    public string LogLevel => LogLevelName.Of(_settings.Log.Level);

    /// <summary>Null while the broker does not run.</summary>
    public HareBroker? Broker => _broker;

    /// <summary>Null: there is none.</summary>
    public string? ControlSocket { get; private set; }

    /// <summary>Completes when the operator asked for the end of the process.</summary>
    public Task ShutdownRequested => _shutdown.Task;

    /// <summary>Opens the control socket, then starts the broker: a long recovery can be watched.</summary>
    /// <exception cref="HareBrokerException">The message says in one line what is in the way and where.</exception>
    public static async Task<HareNode> StartAsync(HareServerArguments arguments, ILoggerFactory loggers)
    {
        var node = new HareNode(arguments, loggers);
        try
        {
            node._state = NodeState.Starting;
            // Who asks on the socket for another change meanwhile has to wait.
            await node.ChangeAsync(async () =>
            {
                await node.OpenControlSocketAsync();
                await node.StartCoreAsync();
            });
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public bool TrySetLogLevel(string level)
    {
        if (!LogLevelName.TryParse(level, out var parsed)) return false;
        _settings.Log.Level = parsed;
        HostingLog.LogLevelChanged(_logger, level);
        return true;
    }

    public Task StartBrokerAsync() => ChangeAsync(async () =>
    {
        if (_broker is not null) return;
        if (_disposed) throw new NodeControlException("the process is ending");
        _state = NodeState.Starting;
        try
        {
            await StartCoreAsync();
        }
        catch (HareBrokerException error)
        {
            throw new NodeControlException(error.Message, error);
        }
        finally
        {
            if (_broker is null) _state = NodeState.Stopped;
        }
    });

    public Task StopBrokerAsync() => ChangeAsync(StopCoreAsync);

    public Task ResetAsync() => ChangeAsync(() =>
    {
        if (_broker is not null) throw new NodeControlException("the broker runs; it is reset while it is stopped");
        try
        {
            MessageStore.Erase(_dataDirectory, _loggers.CreateLogger("HareMQ.Storage"));
        }
        catch (Exception error) when (error is StoreLockedException or StorageException)
        {
            throw new NodeControlException(error.Message, error);
        }

        return Task.CompletedTask;
    });

    public void Shutdown() => _shutdown.TrySetResult();

    /// <summary>Stops the broker, then closes the control socket: when the socket goes, all is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await ChangeAsync(() =>
        {
            _disposed = true;
            return StopCoreAsync();
        });
        if (_control is not null) await _control.DisposeAsync();
        _socketLock?.Dispose();
    }

    /// <summary>One change after the other.</summary>
    private async Task ChangeAsync(Func<Task> change)
    {
        await _changing.WaitAsync();
        try
        {
            await change();
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task StartCoreAsync()
    {
        _broker = await HareBroker.StartAsync(_settings.Broker);
        _state = NodeState.Running;
    }

    private async Task StopCoreAsync()
    {
        if (_broker is not { } broker) return;
        _state = NodeState.Stopping;
        try
        {
            await broker.DisposeAsync();
        }
        finally
        {
            _broker = null;
            _state = NodeState.Stopped;
        }
    }

    private async Task OpenControlSocketAsync()
    {
        var path = ControlSocketPath.Find(_settings, out var problem);
        if (problem is not null) HostingLog.ConfigurationWarning(_logger, problem);
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Its holder may take what lies there for the socket of a broker that has died: a living one would hold the lock.
            var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            _socketLock = new DiskFileSystem().TryLock($"{path}.lock", process, out var holder)
                ?? throw new HareBrokerException($"the control socket {path} is in use by process {holder.Trim()}.");
            _control = await ControlServer.StartAsync(path, this, _loggers);
            ControlSocket = path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HareBrokerException($"cannot open the control socket {path}: {error.Message}", error);
        }
    }
}
