namespace HareMQ.Broker.Access;

internal static class UserTags
{
    public const string Administrator = "administrator";
    public const string Monitoring = "monitoring";
    public const string PolicyMaker = "policymaker";
    public const string Management = "management";

    /// <summary>May publish with another user's name in the user-id property.</summary>
    public const string Impersonator = "impersonator";
}
