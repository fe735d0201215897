"""Does with a systemd unit what systemd does: runs its command line as its user, sealed off as it says, and waits for READY=1.

    service.py UNIT --amqp PORT --http PORT [--found nothing|message] [--user NAME] [--root DIR]

Then a client publishes and another asks over HTTP, and the service is stopped. Prints a line per check. With --found message the message
of the run before must still be there. With --root the unit's paths are below that directory.
"""
import argparse
import base64
import configparser
import json
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import pika

START_SECONDS = 30
STOP_SECONDS = 30
WATCHDOG_SECONDS = 1
IDLE_MEGABYTES_MAX = 60
QUEUE = "package"
DOCKERFILE = os.path.join(os.path.dirname(__file__), "../../Dockerfile")


class Failure(Exception):
    pass


def check(name, condition, detail=""):
    print(f"ok {name}" if condition else f"not ok {name}: {detail}", flush=True)
    if not condition:
        raise Failure


def read_unit(path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path)
    return unit["Service"]


class Notifications:
    """The socket of NOTIFY_SOCKET, under an abstract address: whoever is sealed off from the file system can reach it too."""

    def __init__(self):
        self.name = f"@haremq-package-test-{os.getpid()}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + self.name[1:])
        self.seen = []

    def wait(self, state, seconds):
        deadline = time.monotonic() + seconds
        while state not in self.seen:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                self.seen += self._socket.recv(4096).decode().splitlines()
            except TimeoutError:
                return False
        return True


def may_seal_off():
    probe = ["unshare", "--mount", "--propagation", "private", "mount", "--bind", "/", "/"]
    return os.geteuid() == 0 and subprocess.run(probe, capture_output=True).returncode == 0


def command_line(service, arguments):
    command = shlex.split(service["ExecStart"])
    if arguments.root:
        return [arguments.root + word if word.startswith("/") else word for word in command]
    if arguments.user:
        command = [
            "setpriv", f"--reuid={service['User']}", f"--regid={service['Group']}", "--clear-groups", "--no-new-privs",
            "--bounding-set=-all", "--inh-caps=-all", *command]
        # ProtectSystem=strict, StateDirectory= and PrivateTmp=.
        if may_seal_off():
            state = f"/var/lib/{service['StateDirectory']}"
            sealed = (
                f"mount --bind / / && mount --bind {state} {state} && mount -o remount,ro,bind / && mount -t tmpfs none /tmp"
                ' && cd "$0" && exec "$@"')
            command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", sealed, service["WorkingDirectory"], *command]
    return command


def start(service, arguments, notifications, log):
    # More than the machine allows only systemd itself may set.
    files = min(int(service["LimitNOFILE"]), resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    environment = {
        "PATH": os.environ["PATH"],
        "NOTIFY_SOCKET": notifications.name,
        "WATCHDOG_USEC": str(WATCHDOG_SECONDS * 1_000_000),
        "HAREMQ_LISTENERS__TCP__DEFAULT": f"127.0.0.1:{arguments.amqp}",
        "HAREMQ_MANAGEMENT__TCP__PORT": str(arguments.http),
    }
    if arguments.root:
        environment["HAREMQ_DATA_DIR"] = arguments.root + "/var/lib/haremq"

    def prepare():
        os.umask(int(service["UMask"], 8))
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    return subprocess.Popen(
        command_line(service, arguments), env=environment, cwd=arguments.root + service["WorkingDirectory"], stdin=subprocess.DEVNULL,
        stdout=log, stderr=log, preexec_fn=prepare)


def status(process, field):
    with open(f"/proc/{process.pid}/status") as lines:
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(field + ":"))


def container_health(arguments):
    """The exit code of the Dockerfile's health check, which needs no container: 0 is healthy."""
    with open(DOCKERFILE) as lines:
        text = lines.read().replace("\\\n", "")
    command = json.loads(next(line for line in text.splitlines() if line.startswith("HEALTHCHECK")).split(" CMD ", 1)[1])
    environment = {"PATH": os.environ["PATH"], "HAREMQ_MANAGEMENT__TCP__PORT": str(arguments.http)}
    return subprocess.run(command, env=environment, capture_output=True).returncode


def publish_and_get(arguments):
    with pika.BlockingConnection(pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{arguments.amqp}/%2F")) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(QUEUE, durable=True)
        _, _, body = channel.basic_get(QUEUE, auto_ack=True)
        expected = b"kept" if arguments.found == "message" else None
        check(f"the queue has {arguments.found} of before", body == expected, f"{body}")
        channel.basic_publish("", QUEUE, b"hello", pika.BasicProperties(delivery_mode=2), mandatory=True)
        _, _, body = next(channel.consume(QUEUE, auto_ack=True, inactivity_timeout=10))
        channel.cancel()
        check("a client publishes and consumes", body == b"hello", f"{body}")
        channel.basic_publish("", QUEUE, b"kept", pika.BasicProperties(delivery_mode=2), mandatory=True)


def ask(arguments, path, user=None):
    request = urllib.request.Request(f"http://127.0.0.1:{arguments.http}{path}")
    if user:
        request.add_header("Authorization", "Basic " + base64.b64encode(user.encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def run(service, arguments, process, notifications):
    ready = notifications.wait("READY=1", START_SECONDS)
    check("the unit's command line starts, and says READY=1", ready and process.poll() is None, "it did not")
    if arguments.user:
        identity = (status(process, "Uid").split()[1], status(process, "CapBnd"), status(process, "NoNewPrivs"))
        check("it runs as its user, without capabilities", identity[0] != "0" and int(identity[1], 16) == 0 and identity[2] == "1", identity)
    megabytes = int(status(process, "VmRSS").split()[0]) // 1024
    check(f"it holds at most {IDLE_MEGABYTES_MAX} MB when it is idle", megabytes <= IDLE_MEGABYTES_MAX, f"{megabytes} MB")
    check("it tells the watchdog that it lives", notifications.wait("WATCHDOG=1", WATCHDOG_SECONDS * 5), notifications.seen)
    check("a container with a broker is healthy", container_health(arguments) == 0)
    check("it is ready over HTTP", ask(arguments, "/health/ready") == {"status": "ok"})
    check("the HTTP API answers", ask(arguments, "/api/overview", "guest:guest")["product_name"] == "HareMQ")
    publish_and_get(arguments)
    process.send_signal(signal.SIGTERM)
    check("it says STOPPING=1 when it is stopped", notifications.wait("STOPPING=1", STOP_SECONDS), notifications.seen)
    check("and ends with exit code 0", process.wait(STOP_SECONDS) == 0, process.returncode)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("unit")
    parser.add_argument("--amqp", type=int, required=True)
    parser.add_argument("--http", type=int, required=True)
    parser.add_argument("--found", choices=["nothing", "message"], default="nothing")
    parser.add_argument("--user", default="")
    parser.add_argument("--root", default="")
    arguments = parser.parse_args()
    service = read_unit(arguments.unit)
    notifications = Notifications()
    with tempfile.TemporaryFile("w+") as log:
        process = None
        try:
            check("a container without a broker is not healthy", container_health(arguments) != 0)
            process = start(service, arguments, notifications, log)
            run(service, arguments, process, notifications)
            return 0
        except Failure:
            log.seek(0)
            print("".join(f"    | {line}" for line in log.readlines()[-20:]), end="")
            return 0
        finally:
            if process and process.poll() is None:
                process.kill()
                process.wait()


sys.exit(main())
