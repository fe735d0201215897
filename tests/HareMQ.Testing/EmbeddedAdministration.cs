using System.Text;
using System.Text.Json;
using HareMQ.Broker;
using HareMQ.Broker.Access;
using HareMQ.Broker.Limits;
using HareMQ.Hosting;

namespace HareMQ.Testing;

/// <summary>Administers a HareMQ in this process by calling it.</summary>
internal sealed class EmbeddedAdministration(EmbeddedBroker embedded) : IBrokerAdministration
{
    private BrokerCore Core => embedded.Broker.Core;

    public static IBrokerAdministration? Of(EmbeddedBroker? embedded) => embedded is null ? null : new EmbeddedAdministration(embedded);

    public async Task SetPolicyAsync(BrokerPolicy policy)
    {
        try
        {
            await embedded.Broker.PutPolicyAsync(new HarePolicy(policy.Name, policy.Pattern, policy.Definition)
            {
                ApplyTo = policy.ApplyTo,
                Priority = policy.Priority,
                IsOperator = policy.IsOperator,
            });
        }
        catch (ArgumentException error)
        {
            throw new AdministrationException(error.Message);
        }
    }

    public Task ClearPolicyAsync(string name, bool isOperator) => embedded.Broker.DeletePolicyAsync(name, isOperator: isOperator);

    public async Task AddVhostAsync(string name)
    {
        await Core.AddVirtualHostAsync(name);
        await Core.SetPermissionAsync("guest", name, Permission.Everything);
    }

    public Task SetTracingAsync(string vhost, bool on) => Core.SetTracingAsync(vhost, on);

    public Task DeleteVhostAsync(string name) => Core.DeleteVirtualHostAsync(name);

    public async Task AddUserAsync(string name)
    {
        await Core.PutUserAsync(new User(name, PasswordHash.Create(Encoding.UTF8.GetBytes(name))));
        await Core.SetPermissionAsync(name, "/", Permission.Everything);
    }

    public Task DeleteUserAsync(string name) => Core.DeleteUserAsync(name);

    public Task SetVhostLimitAsync(string vhost, string limits) =>
        Core.ChangeLimitsOfVirtualHostAsync(vhost, _ => VirtualHostLimits.Read(JsonElement.Parse(limits)));

    public Task SetUserLimitAsync(string user, string limits) =>
        Core.ChangeLimitsOfUserAsync(user, _ => UserLimits.Read(JsonElement.Parse(limits)));

    public Task SetMemoryWatermarkAsync(double share)
    {
        embedded.SetMemoryWatermark(share);
        return Task.CompletedTask;
    }

    public Task SetDiskFreeLimitAsync(long bytes)
    {
        embedded.SetDiskFreeLimit(bytes);
        return Task.CompletedTask;
    }

    public Task SetConsumerTimeoutAsync(int milliseconds)
    {
        embedded.SetConsumerTimeout(milliseconds);
        return Task.CompletedTask;
    }
}
