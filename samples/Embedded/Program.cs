using Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A program with its own message broker: no server to install, and nothing of it is left when the program ends.
var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddHareBroker(options => options.Port = 0);
builder.Services.AddHostedService<Worker>();
await builder.Build().RunAsync();
