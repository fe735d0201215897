"""Publishing, consuming, acknowledging, transactions."""
from datetime import datetime
from decimal import Decimal

import pika
from pika.exceptions import UnroutableError

from harness import URL, check, equal, eventually, unique
from pika_broker import bodies, channel_of, connect, expect_closed, filled_queue, private_queue

LARGE_BYTES = 3 * 1024 * 1024


@check
def publish_1000_messages_with_confirms(opened):
    channel = channel_of(opened, confirm=True)
    queue = private_queue(channel)
    persistent = pika.BasicProperties(delivery_mode=2)
    for number in range(1000):
        # Waits for the confirm of each message, and raises if the broker nacks it.
        channel.basic_publish("", queue, str(number).encode(), persistent)
    equal(channel.queue_declare(queue, passive=True).method.message_count, 1000)


@check
def unroutable_mandatory_message_is_returned_312_with_its_body(opened):
    channel = channel_of(opened, confirm=True)
    key = unique("nowhere")
    try:
        channel.basic_publish("", key, b"come back", pika.BasicProperties(message_id="m1"), mandatory=True)
    except UnroutableError as error:
        (returned,) = error.messages
        equal((returned.method.reply_code, returned.method.reply_text), (312, "NO_ROUTE"))
        equal((returned.method.routing_key, returned.properties.message_id, returned.body), (key, "m1", b"come back"))
    else:
        raise AssertionError("the message was not returned")


@check
def all_properties_and_nested_headers_round_trip(opened):
    channel = channel_of(opened)
    queue = private_queue(channel)
    sent = pika.BasicProperties(
        content_type="text/plain", content_encoding="utf-8", delivery_mode=2, priority=7, correlation_id="c-1", reply_to="r",
        expiration="600000", message_id="m-1", timestamp=1700000001, type="t", app_id="app", cluster_id="c-14",
        user_id=pika.URLParameters(URL).credentials.username,
        headers={
            "text": "hällo", "empty": "", "yes": True, "no": False, "nothing": None, "bytes": b"\x00\xff\n",
            "int32": -70000, "int64": 2**40, "decimal": Decimal("123.45"), "when": datetime(2023, 11, 14, 22, 13, 20),
            "list": [1, "two", [True, None], {"deep": "list"}], "table": {"a": {"b": {"c": "deep"}}, "empty": {}},
        })
    channel.basic_publish("", queue, b"x", sent)
    _, received, _ = channel.basic_get(queue, auto_ack=True)
    equal(vars(received), vars(sent))


@check
def body_of_3_mb_and_empty_body_round_trip(opened):
    channel = channel_of(opened)
    queue = private_queue(channel)
    large = bytes((i * 31 + (i >> 11)) & 255 for i in range(LARGE_BYTES))
    channel.basic_publish("", queue, large)
    channel.basic_publish("", queue, b"", pika.BasicProperties(message_id="empty"))
    _, _, body = channel.basic_get(queue, auto_ack=True)
    assert body == large, f"{len(body)} bytes differ from those sent"
    _, properties, body = channel.basic_get(queue, auto_ack=True)
    equal((properties.message_id, body), ("empty", b""))


@check
def prefetch_limits_the_unacknowledged_messages(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = filled_queue(channel, 20)
    received = []
    channel.basic_qos(prefetch_count=4)
    channel.basic_consume(queue, lambda _channel, method, _properties, body: received.append((method.delivery_tag, body.decode())))
    eventually_received(connection, received, 4)
    # The broker answers a channel in order: anything beyond the limit would have arrived before this answer.
    equal(channel.queue_declare(queue, passive=True).method.message_count, 16)
    equal(len(received), 4)
    for acked in range(20):
        eventually_received(connection, received, acked + 1)
        assert len(received) - acked <= 4, f"{len(received) - acked} unacknowledged"
        channel.basic_ack(received[acked][0])
    equal([body for _, body in received], [str(number) for number in range(20)])


def eventually_received(connection, received, count):
    while len(received) < count:
        connection.process_data_events(time_limit=1)


@check
def ack_and_multiple_ack_settle_messages(opened):
    connection = connect(opened)
    watcher, channel = connection.channel(), connection.channel()
    queue = filled_queue(watcher, 5)
    eventually(5, lambda: watcher.queue_declare(queue, passive=True).method.message_count)
    tags = [channel.basic_get(queue)[0].delivery_tag for _ in range(5)]
    channel.basic_ack(tags[0])
    channel.basic_ack(tags[3], multiple=True)
    channel.close()
    eventually(1, lambda: watcher.queue_declare(queue, passive=True).method.message_count)
    method, _, body = watcher.basic_get(queue, auto_ack=True)
    equal((method.redelivered, body), (True, b"4"))


@check
def nack_with_requeue_redelivers_with_the_flag(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 2)
    method, _, _ = channel.basic_get(queue)
    equal(method.redelivered, False)
    channel.basic_nack(method.delivery_tag, requeue=True)
    method, _, body = channel.basic_get(queue)
    equal((method.redelivered, body), (True, b"0"))
    channel.basic_ack(method.delivery_tag)
    equal(channel.basic_get(queue, auto_ack=True)[0].redelivered, False)


@check
def reject_without_requeue_drops_the_message(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 1)
    channel.basic_reject(channel.basic_get(queue)[0].delivery_tag, requeue=False)
    equal(bodies(channel, queue), [])


@check
def recover_requeues_what_is_unacknowledged(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 2)
    channel.basic_get(queue)
    channel.basic_recover(requeue=True)
    method, _, body = channel.basic_get(queue, auto_ack=True)
    equal((method.redelivered, body), (True, b"0"))


@check
def get_counts_what_is_left_and_get_of_an_empty_queue(opened):
    channel = channel_of(opened)
    queue = filled_queue(channel, 2)
    method, _, _ = channel.basic_get(queue, auto_ack=True)
    equal((method.message_count, method.routing_key), (1, queue))
    channel.basic_get(queue, auto_ack=True)
    equal(channel.basic_get(queue, auto_ack=True), (None, None, None))


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
    channel.basic_publish("", queue, b"kept")
    equal(bodies(channel, queue), [])
    channel.tx_commit()
    channel.basic_publish("", queue, b"dropped")
    channel.tx_rollback()
    # An automatic ack is no part of a transaction.
    equal(bodies(channel, queue), ["kept"])


@check
def cancelled_consumer_gets_no_more_messages(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = private_queue(channel)
    received = []
    tag = channel.basic_consume(queue, lambda _channel, _method, _properties, body: received.append(body), auto_ack=True)
    channel.basic_publish("", queue, b"1")
    eventually_received(connection, received, 1)
    channel.basic_cancel(tag)
    channel.basic_publish("", queue, b"2")
    equal(bodies(channel, queue), ["2"])
    equal(received, [b"1"])


@check
def deleting_a_queue_cancels_its_consumer(opened):
    connection = connect(opened)
    channel = connection.channel()
    queue = channel.queue_declare(unique("doomed")).method.queue
    cancelled = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tag = channel.basic_consume(queue, lambda *_: None)
    channel_of(opened).queue_delete(queue)
    eventually_received(connection, cancelled, 1)
    equal(cancelled, [tag])


@check
def rpc_over_direct_reply_to(opened):
    client_connection, server_connection = connect(opened), connect(opened)
    client, server = client_connection.channel(), server_connection.channel()
    queue = server.queue_declare("", auto_delete=True).method.queue

    def answer(channel, _method, properties, body):
        channel.basic_publish("", properties.reply_to, body + b" pong", pika.BasicProperties(correlation_id=properties.correlation_id))

    server.basic_consume(queue, answer, auto_ack=True)
    replies = []
    client.basic_consume("amq.rabbitmq.reply-to", lambda _c, _m, properties, body: replies.append((properties.correlation_id, body)),
                         auto_ack=True)
    client.basic_publish("", queue, b"ping", pika.BasicProperties(reply_to="amq.rabbitmq.reply-to", correlation_id="42"))
    while not replies:
        server_connection.process_data_events(time_limit=0.05)
        client_connection.process_data_events(time_limit=0.05)
    equal(replies, [("42", b"ping pong")])
