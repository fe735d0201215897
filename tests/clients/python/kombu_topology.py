"""Queues, exchanges and bindings: declaring, refusing, routing, counting."""
from kombu import Exchange, Queue, binding

from harness import check, equal, unique
from kombu_broker import bodies, channel_of, connect, expect_closed, kombu_queue, private_queue, publish, ready_count


@check
def declare_durable_exclusive_and_server_named_queues(opened):
    channel = channel_of(opened)
    durable = Queue(unique("durable"), durable=True, channel=channel)
    equal(durable.queue_declare().queue, durable.name)
    equal(channel.queue_declare(durable.name, durable=True, auto_delete=False).message_count, 0)
    equal(channel.queue_declare(unique("exclusive"), exclusive=True).consumer_count, 0)
    named = Queue("", exclusive=True, channel=channel)
    named.declare()
    assert named.name.startswith("amq.gen-"), named.name
    durable.delete()


@check
def passive_declare_of_an_existing_queue(opened):
    channel = channel_of(opened, confirm=True)
    queue = private_queue(channel)
    publish(channel, queue, "x")
    equal(ready_count(channel, queue), 1)


@check
def passive_declare_of_a_missing_queue_closes_only_the_channel_404(opened):
    connection = connect(opened)
    channel = connection.channel()
    expect_closed(404, lambda: channel.queue_declare(unique("missing"), passive=True))
    assert private_queue(connection.channel())


@check
def redeclare_with_other_arguments_406(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = private_queue(channel)
    expect_closed(406, lambda: channel.queue_declare(queue, exclusive=True, auto_delete=False, arguments={"x-max-length": 5}))
    channel = connection.channel()
    exchange = Exchange(unique("kind"), "direct", durable=False, auto_delete=True)
    exchange(channel).declare()
    changed = Exchange(exchange.name, "fanout", durable=False, auto_delete=True)
    expect_closed(406, lambda: changed(channel).declare())


@check
def exclusive_queue_is_refused_to_another_connection_405(opened):
    queue = private_queue(channel_of(opened))
    stranger = channel_of(opened)
    expect_closed(405, lambda: stranger.queue_declare(queue, passive=True))


def declared_exchange(channel, kind):
    exchange = Exchange(unique(kind), kind, durable=False, auto_delete=True, channel=channel)
    exchange.declare()
    return exchange


@check
def topic_exchange_routes_by_pattern_and_unbind_stops_it(opened):
    channel = channel_of(opened)
    exchange = declared_exchange(channel, "topic")
    star = kombu_queue(channel, exchange=exchange, routing_key="stock.*.nyse")
    rest = kombu_queue(channel, exchange=exchange, routing_key="stock.#")
    for key in ("stock.ibm.nyse", "stock", "stock.ibm.big.nyse", "bond.ibm.nyse"):
        exchange.publish(exchange.Message(key), routing_key=key)
    equal(bodies(channel, star.name), ["stock.ibm.nyse"])
    equal(bodies(channel, rest.name), ["stock.ibm.nyse", "stock", "stock.ibm.big.nyse"])
    rest.unbind_from(exchange, "stock.#")
    exchange.publish(exchange.Message("late"), routing_key="stock")
    equal(bodies(channel, rest.name), [])


@check
def fanout_exchange_routes_to_every_queue(opened):
    channel = channel_of(opened)
    exchange = declared_exchange(channel, "fanout")
    queues = [kombu_queue(channel, exchange=exchange), kombu_queue(channel, exchange=exchange)]
    exchange.publish(exchange.Message("to all"), routing_key="any")
    for queue in queues:
        equal(bodies(channel, queue.name), ["to all"])


@check
def headers_exchange_routes_by_all_and_any(opened):
    channel = channel_of(opened)
    exchange = declared_exchange(channel, "headers")
    every, some = (
        kombu_queue(channel, bindings=[binding(exchange, arguments={"x-match": match, "format": "pdf", "pages": 3})])
        for match in ("all", "any"))
    for body, headers in (("both", {"format": "pdf", "pages": 3}), ("one", {"format": "pdf", "pages": 4}), ("none", {"format": "txt"})):
        exchange.publish(exchange.Message(body, headers=headers), routing_key="")
    equal(bodies(channel, every.name), ["both"])
    equal(bodies(channel, some.name), ["both", "one"])


@check
def exchange_binding_routes_and_its_auto_delete_source_goes_with_it(opened):
    channel = channel_of(opened)
    source, target = declared_exchange(channel, "direct"), declared_exchange(channel, "fanout")
    queue = kombu_queue(channel, exchange=target)
    target.bind_to(source, "k")
    source.publish(source.Message("through"), routing_key="k")
    equal(bodies(channel, queue.name), ["through"])
    target.unbind_from(source, "k")
    expect_closed(404, lambda: source.declare(passive=True))


@check
def purge_and_delete_tell_how_many_messages_went(opened):
    channel = channel_of(opened, confirm=True)
    queue = kombu_queue(channel, exclusive=False)
    for _ in range(5):
        publish(channel, queue.name, "x")
    equal(queue.purge(), 5)
    for _ in range(3):
        publish(channel, queue.name, "x")
    equal(queue.delete(), 3)
