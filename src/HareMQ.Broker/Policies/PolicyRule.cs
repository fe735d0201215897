using System.Text.RegularExpressions;
using HareMQ.Broker.Definitions;
using HareMQ.Broker.Queues;
using Microsoft.Extensions.Logging;

namespace HareMQ.Broker.Policies;

/// <summary>A policy that has been checked, with its pattern compiled and its definition read.</summary>
internal sealed class PolicyRule
{
    /// <summary>For the patterns that can only be matched by trying: one that takes longer does not match.</summary>
    private static readonly TimeSpan s_matchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly Regex _pattern;
    private readonly ILogger _logger;

    private PolicyRule(Policy policy, Regex pattern, PolicyTerms terms, ILogger logger)
    {
        Policy = policy;
        Terms = terms;
        _pattern = pattern;
        _logger = logger;
    }

    public Policy Policy { get; }

    public PolicyTerms Terms { get; }

    /// <exception cref="InvalidDefinitionException">The policy cannot be; the message says why.</exception>
    public static PolicyRule Compile(Policy policy, ILogger logger)
    {
        if (policy.Kind == PolicyKind.Operator && policy.ApplyTo == PolicyTarget.Exchanges)
            throw new InvalidDefinitionException("apply-to 'exchanges' unrecognised; an operator policy is for queues");
        return new PolicyRule(policy, Compile(policy.Pattern), PolicyReader.Read(policy.Kind, policy.Definition), logger);
    }

    public bool IsForQueue(string name, QueueType type) =>
        Policy.ApplyTo.Includes(type) && Knows(type) && Matches(name);

    public bool IsForExchange(string name) => Policy.ApplyTo.IncludesExchanges() && Matches(name);

    /// <remarks>Unlike RabbitMQ's, classic queues have delivery limits: a policy that is for them and no others can set one.</remarks>
    private bool Knows(QueueType type)
    {
        if (Policy.ApplyTo == PolicyTarget.ClassicQueues) return true;
        foreach (var key in Policy.Definition.Keys)
            if (!PolicyKeys.IsFor(type, key)) return false;
        return true;
    }

    private bool Matches(string name)
    {
        try
        {
            return _pattern.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            PolicyLog.PatternTimedOut(_logger, Policy.Name, Policy.VirtualHost, Policy.Pattern, name);
            return false;
        }
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            // In a time that the name's length bounds, whatever the pattern is.
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, s_matchTimeout);
        }
        catch (RegexParseException error)
        {
            throw new InvalidDefinitionException($"pattern should be regular expression but is invalid: {error.Message}", error);
        }
    }
}
