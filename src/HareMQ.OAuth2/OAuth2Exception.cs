namespace HareMQ.OAuth2;

/// <summary>A key file cannot be used; the message names it and says why, in one line.</summary>
internal sealed class OAuth2Exception(string message, Exception? cause = null) : Exception(message, cause);
