namespace HareMQ.Management.Http;

/// <summary>Who may use an endpoint.</summary>
internal enum Access
{
    /// <summary>Everybody, without logging in.</summary>
    Anybody,

    /// <summary>Users with any of the management tags.</summary>
    Management,

    /// <summary>As <see cref="Management"/>, with a permission in the virtual host of the path.</summary>
    VirtualHost,

    /// <summary>As <see cref="VirtualHost"/>, or monitoring.</summary>
    VisibleVirtualHost,

    /// <summary>Policymakers, in virtual hosts they have a permission in.</summary>
    PolicyMaker,

    Monitoring,
    Administrator,
}
