"""Connections, channels, heartbeats, refusals."""
import socket
import time
from urllib.parse import quote, urlsplit

from amqp.exceptions import AccessRefused

from harness import URL, check, equal, unique
from kombu_broker import CONFIRM, bodies, channel_of, connect, expect_closed, private_queue, publish

HEARTBEAT_SECONDS = 1
# Longer than the two intervals after which either side gives a silent peer up.
IDLE_SECONDS = 3.5


@check
def heartbeats_keep_an_idle_connection_alive(opened):
    connection = connect(opened, heartbeat=HEARTBEAT_SECONDS)
    until = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < until:
        # kombu leaves heartbeats to its user; this raises once the broker has been silent for too long.
        connection.heartbeat_check(rate=2)
        try:
            connection.drain_events(timeout=0.2)
        except socket.timeout:
            continue
    assert private_queue(connection.channel())


@check
def wrong_password_is_refused_403(opened):
    parts = urlsplit(URL)
    host = parts.netloc.rpartition("@")[2]
    try:
        connect(opened, parts._replace(netloc=f"{quote(parts.username)}:not-the-password@{host}").geturl())
    except AccessRefused as error:
        equal(error.reply_code, 403)
    else:
        raise AssertionError("a wrong password was accepted")
    connect(opened)


@check
def two_hundred_channels_on_one_connection(opened):
    connection = connect(opened)
    channels = [connection.channel() for _ in range(200)]
    queues = [private_queue(channel) for channel in channels]
    for number, channel in enumerate(channels):
        publish(channel, queues[number], str(number))
    for number, channel in enumerate(channels):
        equal(bodies(channel, queues[number]), [str(number)])


@check
def twenty_connections(opened):
    names = {private_queue(channel_of(opened)) for _ in range(20)}
    equal(len(names), 20)


@check
def error_on_one_channel_leaves_the_others_working(opened):
    connection = connect(opened, transport_options=CONFIRM)
    broken, other = connection.channel(), connection.channel()
    queue = private_queue(other)
    expect_closed(404, lambda: publish(broken, "", "x", exchange=unique("no.exchange")))
    publish(other, queue, "still here")
    equal(bodies(other, queue), ["still here"])
