using System.Text;
using HareMQ.Broker.Access;
using HareMQ.Broker.Exchanges;
using HareMQ.Protocol;

namespace HareMQ.Amqp.Channels;

internal sealed partial class AmqpChannel
{
    private ValueTask OnExchangeDeclare(ExchangeDeclare declare)
    {
        var name = Name(declare.Exchange);
        if (declare.Passive)
        {
            if (name.Length == 0) throw RoutingErrors.DefaultExchange();
            _virtualHost.GetExchange(name);
            if (!declare.NoWait) _writer.Write(_number, new ExchangeDeclareOk());
            return default;
        }

        return DeclareExchangeAsync(
            name, Name(declare.Type), declare.Durable, declare.AutoDelete, declare.Internal, Table(declare.Arguments), declare.NoWait);
    }

    private async ValueTask DeclareExchangeAsync(
        string name, string type, bool durable, bool autoDelete, bool isInternal, FieldTable arguments, bool noWait)
    {
        _virtualHost.Topology.CheckType(type);
        if (name.Length == 0) throw RoutingErrors.DefaultExchange();
        if (!_authorizer.MayConfigure(name)) throw ExchangeRefused(AccessRight.Configure, name);
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal) && !_virtualHost.Topology.TryGetExchange(name, out _))
            throw RoutingErrors.ReservedPrefix(name);
        CheckAlternateAccess(name, arguments);
        await _virtualHost.DeclareExchangeAsync(name, type, durable, autoDelete, isInternal, arguments);
        if (!noWait) _writer.Write(_number, new ExchangeDeclareOk());
    }

    private ValueTask OnExchangeDelete(ExchangeDelete delete) => DeleteExchangeAsync(Name(delete.Exchange), delete.IfUnused, delete.NoWait);

    private async ValueTask DeleteExchangeAsync(string name, bool ifUnused, bool noWait)
    {
        if (name.Length == 0) throw RoutingErrors.DefaultExchange();
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal)) throw RoutingErrors.SystemExchangeDeletion(name, _virtualHost.Name);
        if (!_authorizer.MayConfigure(name)) throw ExchangeRefused(AccessRight.Configure, name);
        await _virtualHost.DeleteExchangeAsync(name, ifUnused);
        if (!noWait) _writer.Write(_number, new ExchangeDeleteOk());
    }

    private ValueTask OnExchangeBind(ExchangeBind bind) => BindExchangesAsync(
        Name(bind.Source), Name(bind.Destination), Encoding.UTF8.GetString(bind.RoutingKey), Table(bind.Arguments), bind.NoWait, remove: false);

    private ValueTask OnExchangeUnbind(ExchangeUnbind unbind) => BindExchangesAsync(
        Name(unbind.Source), Name(unbind.Destination), Encoding.UTF8.GetString(unbind.RoutingKey), Table(unbind.Arguments), unbind.NoWait,
        remove: true);

    private async ValueTask BindExchangesAsync(string sourceName, string destinationName, string key, FieldTable arguments, bool noWait, bool remove)
    {
        if (sourceName.Length == 0 || destinationName.Length == 0) throw RoutingErrors.DefaultExchange();
        if (!_authorizer.MayWrite(destinationName)) throw ExchangeRefused(AccessRight.Write, destinationName);
        CheckBindSource(sourceName, key);
        Exchange destination = _virtualHost.GetExchange(destinationName), source = _virtualHost.GetExchange(sourceName);
        if (remove)
        {
            await _virtualHost.UnbindAsync(source, destination, key, arguments);
            if (!noWait) _writer.Write(_number, new ExchangeUnbindOk());
        }
        else
        {
            await _virtualHost.BindAsync(source, destination, key, arguments);
            if (!noWait) _writer.Write(_number, new ExchangeBindOk());
        }
    }

    private void CheckBindSource(string exchange, string key)
    {
        if (!_authorizer.MayRead(exchange)) throw ExchangeRefused(AccessRight.Read, exchange);
        if (!_virtualHost.Topology.TryGetExchange(exchange, out var source) || source.Type != ExchangeTypes.Topic) return;
        if (!_authorizer.MayReadTopic(exchange, key))
            throw AccessErrors.TopicRefused(AccessRight.Read, key, exchange, _virtualHost.Name, _authorizer.User);
    }

    private void CheckAlternateAccess(string exchange, FieldTable arguments)
    {
        if (!arguments.TryGet("alternate-exchange", out var value) || !value.TryGetString(out var alternate)) return;
        if (_virtualHost.Topology.TryGetExchange(exchange, out _)) return;
        if (!_authorizer.MayRead(exchange)) throw ExchangeRefused(AccessRight.Read, exchange);
        if (!_authorizer.MayWrite(alternate)) throw ExchangeRefused(AccessRight.Write, alternate);
    }
}
