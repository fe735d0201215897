using HareMQ.Management.Control;
using HareMQ.Management.Http;

namespace HareMQ.Management.Endpoints;

internal static class AllEndpoints
{
    public static EndpointTable Create(string version)
    {
        var table = new EndpointTable();
        OverviewEndpoints.Add(table);
        HealthEndpoints.Add(table);
        VirtualHostEndpoints.Add(table);
        UserEndpoints.Add(table);
        PermissionEndpoints.Add(table);
        LoginEndpoints.Add(table);
        ExchangeEndpoints.Add(table);
        QueueEndpoints.Add(table);
        QuorumEndpoints.Add(table);
        BindingEndpoints.Add(table);
        ConnectionEndpoints.Add(table);
        ParameterEndpoints.Add(table);
        PolicyEndpoints.Add(table);
        LimitEndpoints.Add(table);
        DefinitionEndpoints.Add(table);
        HareEndpoints.Add(table);
        OpenApi.Add(table, version);
        return table;
    }
}
