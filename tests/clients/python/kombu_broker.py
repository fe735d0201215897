"""Opening connections and expecting refusals with kombu."""
from amqp.basic_message import Message
from amqp.exceptions import AMQPError
from kombu import Connection, Queue

from harness import URL, unique

# py-amqp waits for the confirm of every publish when asked to.
CONFIRM = {"confirm_publish": True}


def connect(opened, url=URL, **options):
    connection = Connection(url, connect_timeout=10, **options)
    opened.append(connection)
    connection.connect()
    return connection


def channel_of(opened, confirm=False):
    return connect(opened, transport_options=CONFIRM if confirm else {}).channel()


def private_queue(channel):
    return channel.queue_declare(unique("private"), exclusive=True, auto_delete=False).queue


def publish(channel, queue, body, exchange="", **properties):
    raw = isinstance(body, bytes)
    content = {"content_type": "application/data", "content_encoding": "binary"} if raw else \
        {"content_type": "text/plain", "content_encoding": "utf-8"}
    channel.basic_publish(Message(body, **content, **properties), exchange, queue)


def filled_queue(channel, count):
    """An exclusive queue holding the bodies 0 to count - 1. Needs no confirms: a channel's commands reach a queue in order."""
    queue = private_queue(channel)
    for number in range(count):
        publish(channel, queue, str(number))
    return queue


def bodies(channel, queue):
    found = []
    while (message := channel.basic_get(queue, no_ack=True)) is not None:
        found.append(message.body)
    return found


def ready_count(channel, queue):
    return channel.queue_declare(queue, passive=True).message_count


def expect_closed(code, action):
    try:
        action()
    except AMQPError as error:
        assert error.reply_code == code, f"got {error.reply_code} {error.reply_text}, expected {code}"
        return
    raise AssertionError(f"the channel was not closed with {code}")


def kombu_queue(channel, **options):
    queue = Queue(unique("queue"), channel=channel, **{"exclusive": True, **options})
    queue.declare()
    return queue
