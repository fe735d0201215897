"""Queues, exchanges and bindings: declaring, refusing, routing, counting."""
from pika import BasicProperties

from harness import check, equal, unique
from pika_broker import bodies, channel_of, connect, expect_closed, private_queue


@check
def declare_durable_exclusive_and_server_named_queues(opened):
    channel = channel_of(opened)
    durable = unique("durable")
    equal(channel.queue_declare(durable, durable=True).method.queue, durable)
    equal(channel.queue_declare(durable, durable=True).method.message_count, 0)
    equal(channel.queue_declare(unique("exclusive"), exclusive=True).method.consumer_count, 0)
    assert private_queue(channel).startswith("amq.gen-")
    channel.queue_delete(durable)


@check
def passive_declare_of_an_existing_queue(opened):
    channel = channel_of(opened, confirm=True)
    queue = private_queue(channel)
    channel.basic_publish("", queue, b"x")
    equal(channel.queue_declare(queue, passive=True).method.message_count, 1)


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
    queue = channel.queue_declare(unique("args"), exclusive=True).method.queue
    expect_closed(406, lambda: channel.queue_declare(queue, exclusive=True, arguments={"x-max-length": 5}))
    channel = connection.channel()
    exchange = unique("kind")
    channel.exchange_declare(exchange, "direct", auto_delete=True)
    expect_closed(406, lambda: channel.exchange_declare(exchange, "fanout", auto_delete=True))


@check
def exclusive_queue_is_refused_to_another_connection_405(opened):
    queue = private_queue(channel_of(opened))
    stranger = channel_of(opened)
    expect_closed(405, lambda: stranger.queue_declare(queue, passive=True))


class Routing:
    def __init__(self, channel, kind):
        self.channel = channel
        self.exchange = unique(kind)
        channel.exchange_declare(self.exchange, kind, auto_delete=True)

    def bound_queue(self, key, arguments=None):
        queue = private_queue(self.channel)
        self.channel.queue_bind(queue, self.exchange, key, arguments)
        return queue

    def publish(self, key, body, properties=None):
        self.channel.basic_publish(self.exchange, key, body.encode(), properties)


@check
def topic_exchange_routes_by_pattern_and_unbind_stops_it(opened):
    channel = channel_of(opened)
    routing = Routing(channel, "topic")
    star, rest = routing.bound_queue("stock.*.nyse"), routing.bound_queue("stock.#")
    for key in ("stock.ibm.nyse", "stock", "stock.ibm.big.nyse", "bond.ibm.nyse"):
        routing.publish(key, key)
    equal(bodies(channel, star), ["stock.ibm.nyse"])
    equal(bodies(channel, rest), ["stock.ibm.nyse", "stock", "stock.ibm.big.nyse"])
    channel.queue_unbind(rest, routing.exchange, "stock.#")
    routing.publish("stock", "late")
    equal(bodies(channel, rest), [])


@check
def fanout_exchange_routes_to_every_queue(opened):
    channel = channel_of(opened)
    routing = Routing(channel, "fanout")
    queues = [routing.bound_queue(""), routing.bound_queue("ignored")]
    routing.publish("any", "to all")
    for queue in queues:
        equal(bodies(channel, queue), ["to all"])


@check
def headers_exchange_routes_by_all_and_any(opened):
    channel = channel_of(opened)
    routing = Routing(channel, "headers")
    every = routing.bound_queue("", {"x-match": "all", "format": "pdf", "pages": 3})
    some = routing.bound_queue("", {"x-match": "any", "format": "pdf", "pages": 3})
    routing.publish("", "both", BasicProperties(headers={"format": "pdf", "pages": 3}))
    routing.publish("", "one", BasicProperties(headers={"format": "pdf", "pages": 4}))
    routing.publish("", "none", BasicProperties(headers={"format": "txt"}))
    equal(bodies(channel, every), ["both"])
    equal(bodies(channel, some), ["both", "one"])


@check
def exchange_binding_routes_and_its_auto_delete_source_goes_with_it(opened):
    channel = channel_of(opened)
    source, target = Routing(channel, "direct"), Routing(channel, "fanout")
    queue = target.bound_queue("")
    channel.exchange_bind(target.exchange, source.exchange, "k")
    source.publish("k", "through")
    equal(bodies(channel, queue), ["through"])
    channel.exchange_unbind(target.exchange, source.exchange, "k")
    expect_closed(404, lambda: channel.exchange_declare(source.exchange, passive=True))


@check
def purge_and_delete_tell_how_many_messages_went(opened):
    channel = channel_of(opened, confirm=True)
    queue = channel.queue_declare(unique("counts"), durable=True).method.queue
    for _ in range(5):
        channel.basic_publish("", queue, b"x")
    equal(channel.queue_purge(queue).method.message_count, 5)
    for _ in range(3):
        channel.basic_publish("", queue, b"x")
    equal(channel.queue_delete(queue).method.message_count, 3)
