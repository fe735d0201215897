namespace HareMQ.Hosting;

/// <summary>Which part of a client's certificate is the name of its user, with the mechanism <c>EXTERNAL</c>.</summary>
public enum HareCertificateLogin
{
    /// <summary>The whole subject as RFC 4514 text, the most specific part first: <c>CN=orders,OU=shop,O=Example</c>.</summary>
    DistinguishedName,

    /// <summary>The subject's CN; several are joined by commas.</summary>
    CommonName,

    /// <summary>A subject alternative name.</summary>
    SubjectAlternativeName,
}

/// <summary>The kinds of subject alternative names that can be a user's name.</summary>
public enum HareAlternativeName
{
    /// <summary>A host's name.</summary>
    Dns,

    /// <summary>An IP address, as text.</summary>
    Ip,

    /// <summary>A mail address.</summary>
    Email,

    /// <summary>A URI.</summary>
    Uri,

    /// <summary>A text of any other kind.</summary>
    OtherName,
}
