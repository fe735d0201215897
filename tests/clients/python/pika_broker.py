"""Opening connections and expecting refusals with pika."""
import pika
from pika.exceptions import ChannelClosedByBroker

from harness import URL


def connect(opened, **overrides):
    parameters = pika.URLParameters(URL)
    for name, value in overrides.items():
        setattr(parameters, name, value)
    connection = pika.BlockingConnection(parameters)
    opened.append(connection)
    return connection


def channel_of(opened, confirm=False):
    channel = connect(opened).channel()
    if confirm:
        channel.confirm_delivery()
    return channel


def private_queue(channel):
    return channel.queue_declare("", exclusive=True).method.queue


def filled_queue(channel, count):
    """An exclusive queue holding the bodies 0 to count - 1. Needs no confirms: a channel's commands reach a queue in order."""
    queue = private_queue(channel)
    for number in range(count):
        channel.basic_publish("", queue, str(number).encode())
    return queue


def bodies(channel, queue):
    found = []
    while True:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        if method is None:
            return found
        found.append(body.decode())


def expect_closed(code, action):
    try:
        action()
    except ChannelClosedByBroker as error:
        assert error.reply_code == code, f"got {error.reply_code} {error.reply_text}, expected {code}"
        return
    raise AssertionError(f"the channel was not closed with {code}")
