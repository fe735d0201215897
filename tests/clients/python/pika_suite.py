#!/usr/bin/python3
"""pika (BlockingConnection) against the broker at AMQP_URL."""
import pika_connection  # noqa: F401  (importing a module registers its checks, in this order)
import pika_topology  # noqa: F401
import pika_delivery  # noqa: F401
from harness import run

run()
