namespace HareMQ.Broker.VirtualHosts;

/// <summary>A virtual host is not deleted because it is protected from that.</summary>
internal sealed class VirtualHostProtectedException(string name)
    : InvalidOperationException($"Refusing to delete virtual host '{name}' because it is protected from deletion");
