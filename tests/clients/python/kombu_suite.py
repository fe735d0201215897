#!/usr/bin/python3
"""kombu (over py-amqp) against the broker at AMQP_URL."""
import kombu_connection  # noqa: F401  (importing a module registers its checks, in this order)
import kombu_topology  # noqa: F401
import kombu_delivery  # noqa: F401
from harness import run

run()
