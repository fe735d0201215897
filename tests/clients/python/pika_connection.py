"""Connections, channels, heartbeats, refusals."""
import pika
from pika.exceptions import ProbableAuthenticationError

from harness import URL, check, equal, unique
from pika_broker import bodies, channel_of, connect, expect_closed, private_queue

HEARTBEAT_SECONDS = 1
# Longer than the two intervals after which either side gives a silent peer up.
IDLE_SECONDS = 3.5


@check
def heartbeats_keep_an_idle_connection_alive(opened):
    connection = connect(opened, heartbeat=HEARTBEAT_SECONDS)
    channel = connection.channel()
    connection.process_data_events(time_limit=IDLE_SECONDS)
    assert private_queue(channel)


@check
def wrong_password_is_refused_403(opened):
    user = pika.URLParameters(URL).credentials.username
    try:
        connect(opened, credentials=pika.PlainCredentials(user, "not-the-password"))
    except ProbableAuthenticationError as error:
        assert "403" in str(error), str(error)
    else:
        raise AssertionError("a wrong password was accepted")
    connect(opened)


@check
def two_hundred_channels_on_one_connection(opened):
    connection = connect(opened)
    channels = [connection.channel() for _ in range(200)]
    queues = [private_queue(channel) for channel in channels]
    for number, channel in enumerate(channels):
        channel.basic_publish("", queues[number], str(number).encode())
    for number, channel in enumerate(channels):
        equal(bodies(channel, queues[number]), [str(number)])


@check
def twenty_connections(opened):
    names = {private_queue(channel_of(opened)) for _ in range(20)}
    equal(len(names), 20)


@check
def error_on_one_channel_leaves_the_others_working(opened):
    connection = connect(opened)
    broken, other = connection.channel(), connection.channel()
    queue = private_queue(other)
    broken.confirm_delivery()
    expect_closed(404, lambda: broken.basic_publish(unique("no.exchange"), "", b"x"))
    other.basic_publish("", queue, b"still here")
    equal(bodies(other, queue), ["still here"])
