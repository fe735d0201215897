using System.Diagnostics.Metrics;
using HareMQ.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs a broker with a .NET host: it starts before the application serves and stops after it.</summary>
public static class HareBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Adds a broker to the host. Take <see cref="IHareBroker"/> to learn its port or URI. It logs through the host's logging. A host has one
    /// broker: adding it again changes nothing.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the options; the defaults are loopback, port 5672, temporary data.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <example>
    /// <code>
    /// builder.Services.AddHareBroker(o => o.DataDirectory = "data");
    /// </code>
    /// </example>
    public static IServiceCollection AddHareBroker(this IServiceCollection services, Action<HareBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider =>
        {
            var options = new HareBrokerOptions
            {
                LoggerFactory = provider.GetService<ILoggerFactory>(),
                MeterFactory = provider.GetService<IMeterFactory>(),
            };
            configure?.Invoke(options);
            return new HareBrokerService(options);
        });
        services.TryAddSingleton<IHareBroker>(provider => provider.GetRequiredService<HareBrokerService>());
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, HareBrokerService>(provider => provider.GetRequiredService<HareBrokerService>()));
        return services;
    }
}
