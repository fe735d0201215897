using System.Text.RegularExpressions;

namespace HareMQ.Broker.Access;

/// <summary>Someone who may use new virtual hosts.</summary>
/// <param name="VirtualHosts">Matches their names.</param>
/// <param name="User">Made with the first of them, unless there is a user of that name: then that one stays as it is.</param>
/// <param name="Permission">What the user may do there.</param>
internal sealed record DefaultUser(Regex VirtualHosts, User User, Permission Permission);
