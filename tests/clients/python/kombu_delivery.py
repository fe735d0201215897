"""Publishing, consuming, acknowledging, transactions."""
from datetime import datetime
from decimal import Decimal
from urllib.parse import unquote, urlsplit

from amqp.basic_message import Message
from kombu import Consumer, Producer, Queue

from harness import URL, check, equal, eventually, unique
from kombu_broker import bodies, channel_of, connect, expect_closed, filled_queue, kombu_queue, private_queue, publish, ready_count

LARGE_BYTES = 3 * 1024 * 1024


@check
def publish_1000_messages_with_confirms(opened):
    channel = channel_of(opened, confirm=True)
    queue = private_queue(channel)
    acked = []
    channel.events["basic_ack"].add(lambda tag, multiple: acked.append(tag))
    producer = Producer(channel, auto_declare=False)
    for number in range(1000):
        producer.publish(str(number), routing_key=queue, delivery_mode=2)
    # Each publish waited for its own confirm.
    equal(acked, list(range(1, 1001)))
    equal(ready_count(channel, queue), 1000)


@check
def unroutable_mandatory_message_is_returned_312_with_its_body(opened):
    channel = channel_of(opened, confirm=True)
    returned = []
    producer = Producer(channel, auto_declare=False, on_return=lambda error, exchange, key, message: returned.append((error, key, message)))
    key = unique("nowhere")
    producer.publish("come back", routing_key=key, mandatory=True, message_id="m1")
    ((error, returned_key, message),) = returned
    equal((error.reply_code, returned_key), (312, key))
    assert "NO_ROUTE" in error.reply_text, error.reply_text
    equal((message.properties["message_id"], message.body), ("m1", "come back"))


@check
def all_properties_and_nested_headers_round_trip(opened):
    channel = channel_of(opened)
    queue = private_queue(channel)
    headers = {
        "text": "hällo", "empty": "", "yes": True, "no": False, "nothing": None, "int32": -70000, "int64": 2**40, "double": 3.25,
        "decimal": Decimal("123.45"), "when": datetime(2023, 11, 14, 22, 13, 20),
        "list": [1, "two", [True, None], {"deep": "list"}], "table": {"a": {"b": {"c": "deep"}}, "empty": {}},
    }
    sent = {
        "content_type": "text/plain", "content_encoding": "utf-8", "application_headers": headers, "delivery_mode": 2, "priority": 7,
        "correlation_id": "c-1", "reply_to": "r", "expiration": "600000", "message_id": "m-1",
        "timestamp": 1700000001, "type": "t", "user_id": unquote(urlsplit(URL).username), "app_id": "app", "cluster_id": "c-14",
    }
    channel.basic_publish(Message("x", **sent), "", queue)
    equal(dict(channel.basic_get(queue, no_ack=True).properties), sent)


@check
def body_of_3_mb_and_empty_body_round_trip(opened):
    channel = channel_of(opened)
    queue = private_queue(channel)
    large = bytes((i * 31 + (i >> 11)) & 255 for i in range(LARGE_BYTES))
    publish(channel, queue, large)
    publish(channel, queue, "", message_id="empty")
    body = bytes(channel.basic_get(queue, no_ack=True).body)
    assert body == large, f"{len(body)} bytes differ from those sent"
    empty = channel.basic_get(queue, no_ack=True)
    equal((empty.properties["message_id"], empty.body), ("empty", ""))


@check
def prefetch_limits_the_unacknowledged_messages(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = filled_queue(channel, 20)
    received = []
    with Consumer(channel, [Queue(queue, no_declare=True)], on_message=received.append, prefetch_count=4, auto_declare=False):
        eventually_received(connection, received, 4)
        # The broker answers a channel in order: anything beyond the limit would have arrived before this answer.
        equal(ready_count(channel, queue), 16)
        equal(len(received), 4)
        for acked in range(20):
            eventually_received(connection, received, acked + 1)
            assert len(received) - acked <= 4, f"{len(received) - acked} unacknowledged"
            received[acked].ack()
    equal([message.body for message in received], [str(number) for number in range(20)])


def eventually_received(connection, received, count):
    while len(received) < count:
        connection.drain_events()


@check
def ack_and_multiple_ack_settle_messages(opened):
    connection = connect(opened)
    watcher, channel = connection.channel(), connection.channel()
    queue = filled_queue(watcher, 5)
    eventually(5, lambda: ready_count(watcher, queue))
    messages = [channel.basic_get(queue, no_ack=False) for _ in range(5)]
    channel.basic_ack(messages[0].delivery_tag)
    channel.basic_ack(messages[3].delivery_tag, multiple=True)
    channel.close()
    eventually(1, lambda: ready_count(watcher, queue))
    left = watcher.basic_get(queue, no_ack=True)
    equal((left.delivery_info["redelivered"], left.body), (True, "4"))


@check
def requeue_redelivers_with_the_flag(opened):
    channel = channel_of(opened)
    queue = Queue(filled_queue(channel, 2), channel=channel)
    first = queue.get(no_ack=False)
    equal(first.delivery_info["redelivered"], False)
    first.requeue()
    again = queue.get(no_ack=False)
    equal((again.delivery_info["redelivered"], again.body), (True, "0"))
    again.ack()
    equal(queue.get(no_ack=True).delivery_info["redelivered"], False)


@check
def reject_without_requeue_drops_the_message(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 1)
    Queue(queue, channel=channel).get(no_ack=False).reject()
    equal(bodies(channel, queue), [])


@check
def get_counts_what_is_left_and_get_of_an_empty_queue(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 2)
    message = channel.basic_get(queue, no_ack=True)
    equal((message.delivery_info["message_count"], message.delivery_info["routing_key"]), (1, queue))
    channel.basic_get(queue, no_ack=True)
    equal(channel.basic_get(queue, no_ack=True), None)


@check
def unknown_delivery_tag_406(opened):
    connection = connect(opened)
    channel = connection.channel()
    channel.basic_ack(99)
    expect_closed(406, lambda: private_queue(channel))
    assert private_queue(connection.channel())


@check
def transaction_commits_and_rolls_back(opened):
    channel = channel_of(opened)
    queue = private_queue(channel)
    channel.tx_select()
    publish(channel, queue, "kept")
    equal(bodies(channel, queue), [])
    channel.tx_commit()
    publish(channel, queue, "dropped")
    channel.tx_rollback()
    # An automatic ack is no part of a transaction.
    equal(bodies(channel, queue), ["kept"])


@check
def cancelled_consumer_gets_no_more_messages(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = private_queue(channel)
    received = []
    consumer = Consumer(channel, [Queue(queue, no_declare=True)], no_ack=True, auto_declare=False,
                        on_message=lambda message: received.append(message.body))
    consumer.consume()
    publish(channel, queue, "1")
    eventually_received(connection, received, 1)
    consumer.cancel()
    publish(channel, queue, "2")
    equal(bodies(channel, queue), ["2"])
    equal(received, ["1"])


@check
def deleting_a_queue_cancels_its_consumer(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = kombu_queue(channel, exclusive=False)
    cancelled = []
    tag = channel.basic_consume(queue.name, callback=lambda _: None, on_cancel=cancelled.append)
    channel_of(opened).queue_delete(queue.name)
    eventually_received(connection, cancelled, 1)
    equal(cancelled, [tag])


@check
def rpc_over_direct_reply_to(opened):
    server_connection, client_connection = connect(opened), connect(opened)
    server, client = server_connection.channel(), client_connection.channel()
    queue = private_queue(server)

    def answer(message):
        publish(server, message.properties["reply_to"], message.body + " pong", correlation_id=message.properties["correlation_id"])

    server.basic_consume(queue, no_ack=True, callback=answer)
    replies = []
    client.basic_consume("amq.rabbitmq.reply-to", no_ack=True,
                         callback=lambda message: replies.append((message.properties["correlation_id"], message.body)))
    publish(client, queue, "ping", reply_to="amq.rabbitmq.reply-to", correlation_id="42")
    server_connection.drain_events()
    eventually_received(client_connection, replies, 1)
    equal(replies, [("42", "ping pong")])
