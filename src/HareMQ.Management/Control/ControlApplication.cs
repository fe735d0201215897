using System.Text.Json.Nodes;
using HareMQ.Management.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HareMQ.Management.Control;

/// <summary>
/// Answers on the control socket: what concerns the process itself, running broker or not, and the HTTP API for everything else.
/// </summary>
internal sealed class ControlApplication(INodeControl node, ILogger logger) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Kestrel owns the features; nothing here is held beyond them.
    }

    public async Task ProcessRequestAsync(HttpContext http)
    {
        LocalOperator.Mark(http);
        try
        {
            if (await TryAnswerAsync(http)) return;
            if (node.Api is { } api) await api.Application.ProcessRequestAsync(http);
            else await ApiApplication.WriteErrorAsync(http, NotRunning());
        }
        catch (NodeControlException error)
        {
            await ApiApplication.WriteErrorAsync(http, new ApiException(409, "node_state", error.Message));
        }
        catch (Exception error)
        {
            ManagementLog.Unexpected(logger, http.Request.Method, http.Request.Path, error);
            await ApiApplication.WriteErrorAsync(http, new ApiException(500, "internal_error", error.Message));
        }
    }

    private async Task<bool> TryAnswerAsync(HttpContext http)
    {
        switch (http.Request.Method, http.Request.Path.Value)
        {
            case ("GET", HareEndpoints.NodePath):
                await ApiApplication.WriteAsync(http, HareEndpoints.Describe(node));
                return true;
            case ("POST", HareEndpoints.NodePath + "/start_app"):
                await node.StartBrokerAsync();
                break;
            case ("POST", HareEndpoints.NodePath + "/stop_app"):
                await node.StopBrokerAsync();
                break;
            case ("POST", HareEndpoints.NodePath + "/reset"):
                await node.ResetAsync();
                break;
            case ("POST", HareEndpoints.NodePath + "/stop"):
                node.Shutdown();
                break;
            default:
                return false;
        }

        await ApiApplication.WriteAsync(http, new JsonObject { ["status"] = "ok" });
        return true;
    }

    private ApiException NotRunning() => new(503, "app_not_running", node.State switch
    {
        NodeState.Starting => "the broker is starting",
        NodeState.Stopping => "the broker is stopping",
        _ => "the broker is stopped; start_app starts it",
    });
}
