using HareMQ.Broker.Deduplication;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Broker.Delays;

/// <summary>
/// Holds messages back for as long as their x-delay header says, then routes them as the exchange of type x-delayed-type does that it wraps,
/// by the bindings of that time.
/// </summary>
internal sealed class DelayedExchange(ExchangeDeclaration declaration, Exchange inner, DelayedMessages pending) : Exchange(declaration)
{
    public const string TypeName = "x-delayed-message";

    /// <summary>Names the type of exchange that routes what has waited.</summary>
    public const string TypeArgument = "x-delayed-type";

    public DelayedMessages Pending => pending;

    public override RouteInputs Inputs => inner.Inputs | RouteInputs.Message;

    public override IReadOnlyList<string> ComparedArguments { get; } = [TypeArgument, .. DeduplicationArguments.All];

    /// <summary>Reads <see cref="TypeArgument"/>.</summary>
    /// <exception cref="ChannelException">406 PRECONDITION_FAILED: it is missing, no type at all, or this one.</exception>
    public static ExchangeFactory ReadInnerType(FieldTable arguments, ExchangeTypes types)
    {
        if (!arguments.TryGet(TypeArgument, out var value) || !value.TryGetString(out var type)) throw DelayErrors.TypeMissing();
        if (type == TypeName) throw DelayErrors.TypeIsDelayed();
        return types.TryGetFactory(type, out var factory) ? factory : throw DelayErrors.TypeMissing();
    }

    public override void Validate(Binding binding) => inner.Validate(binding);

    public override void Match(ReadOnlySpan<char> routingKey, in BasicProperties properties, RouteWalk walk)
    {
        if (DelayHeader.ReadMs(properties) > 0) walk.Found(pending);
        else inner.Match(routingKey, in properties, walk);
    }

    protected override void AddToIndex(Binding binding) => inner.Add(binding);

    protected override void RemoveFromIndex(Binding binding) => inner.Remove(binding);
}
