using System.Diagnostics;
using System.Globalization;

namespace HareMQ.Testing;

/// <summary>Administers a private RabbitMQ node with its rabbitmqctl.</summary>
internal sealed class RabbitMqAdministration(string directory) : IBrokerAdministration
{
    private static readonly string s_script = FindScript(AppContext.BaseDirectory);

    public static IBrokerAdministration? FromEnvironment() =>
        Environment.GetEnvironmentVariable(BrokerTarget.RabbitMqDirectoryVariable) is { Length: > 0 } directory
            ? new RabbitMqAdministration(directory)
            : null;

    public Task SetPolicyAsync(BrokerPolicy policy) => RunAsync(
        policy.IsOperator ? "set_operator_policy" : "set_policy", "--priority", policy.Priority.ToString(CultureInfo.InvariantCulture),
        "--apply-to", policy.ApplyTo, policy.Name, policy.Pattern, policy.Definition);

    public Task ClearPolicyAsync(string name, bool isOperator) => RunAsync(isOperator ? "clear_operator_policy" : "clear_policy", name);

    public async Task AddVhostAsync(string name)
    {
        await RunAsync("add_vhost", name);
        await RunAsync("set_permissions", "-p", name, "guest", ".*", ".*", ".*");
    }

    public Task SetTracingAsync(string vhost, bool on) => RunAsync(on ? "trace_on" : "trace_off", "-p", vhost);

    public Task DeleteVhostAsync(string name) => RunAsync("delete_vhost", name);

    public async Task AddUserAsync(string name)
    {
        await RunAsync("add_user", name, name);
        await RunAsync("set_permissions", name, ".*", ".*", ".*");
    }

    public Task DeleteUserAsync(string name) => RunAsync("delete_user", name);

    public Task SetVhostLimitAsync(string vhost, string limits) => RunAsync("set_vhost_limits", "-p", vhost, limits);

    public Task SetUserLimitAsync(string user, string limits) => RunAsync("set_user_limits", user, limits);

    public Task SetMemoryWatermarkAsync(double share) =>
        RunAsync("set_vm_memory_high_watermark", share.ToString(CultureInfo.InvariantCulture));

    public Task SetDiskFreeLimitAsync(long bytes) => RunAsync("set_disk_free_limit", bytes.ToString(CultureInfo.InvariantCulture));

    /// <remarks>RabbitMQ looks once a minute unless told otherwise.</remarks>
    public Task SetConsumerTimeoutAsync(int milliseconds) => RunAsync(
        "eval",
        $"application:set_env(rabbit, consumer_timeout, {milliseconds}), application:set_env(rabbit, channel_tick_interval, 500).");

    private async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[s_script, "ctl", directory, .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new AdministrationException(error);
    }

    private static string FindScript(string folder) => File.Exists(Path.Combine(folder, "HareMQ.slnx"))
        ? Path.Combine(folder, "tests", "lib", "rabbitmq.sh")
        : FindScript(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests run outside the repository."));
}
