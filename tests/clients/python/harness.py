"""What every check needs: a broker URL, unique names, a deadline, and the report on stdout."""
import itertools
import os
import signal
import sys
import time

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")
CHECK_TIMEOUT_SECONDS = 20
POLL_SECONDS = 0.005

_checks = []
_numbers = itertools.count(1)


def unique(what):
    return f"python.{what}.{os.getpid()}.{next(_numbers)}"


def check(function):
    """Registers a check; its name is the function's, its argument a list for the connections to close afterwards."""
    _checks.append(function)
    return function


def equal(actual, expected):
    assert actual == expected, f"got {actual!r}, expected {expected!r}"


def eventually(expected, read):
    """Another channel sees a queue's state a little later: polls until it is as expected; the check's deadline ends the wait."""
    while read() != expected:
        time.sleep(POLL_SECONDS)


def _expired(_signal, _frame):
    raise TimeoutError(f"no result after {CHECK_TIMEOUT_SECONDS} s")


def _close_all(opened):
    for connection in opened:
        try:
            connection.close()
        except Exception:  # pylint: disable=broad-except
            # Closed by the broker already: that is what some checks are about.
            continue


def run():
    signal.signal(signal.SIGALRM, _expired)
    passed = failed = 0
    for function in _checks:
        opened = []
        signal.alarm(CHECK_TIMEOUT_SECONDS)
        try:
            function(opened)
            passed += 1
            print(f"ok {function.__name__}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            reason = f"{type(error).__name__}: {error}".replace("\n", " | ")
            print(f"not ok {function.__name__}: {reason}", flush=True)
        finally:
            _close_all(opened)
            signal.alarm(0)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(0 if passed and not failed else 1)
