"""Asks the web process whether it is ready, without holding up whoever wants to know."""

import http.client
import threading
import time

ASK_EVERY = 2.0
#: Long enough that a busy shop is not taken for a sick one.
ASK_TIMEOUT = 10.0
FAILURES_TO_ACT = 5


def answers_ok(port: int, path: str = "/readyz", timeout: float = ASK_TIMEOUT) -> bool:
    """True when GET http://127.0.0.1:`port``path` gives 200 within `timeout` seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class HealthWatch:
    """Asks /readyz in a thread: often until the first yes, then every 2 s."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.failures = 0
        #: When it last said yes, on the monotonic clock.
        self.last_yes = 0.0
        self.ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="readyz", daemon=True)

    def start(self) -> None:
        """Begin asking."""
        self._thread.start()

    def stop(self) -> None:
        """Stop asking; does not wait for the answer under way."""
        self._stop.set()

    def forgive(self) -> None:
        """Count from zero again, after a restart."""
        self.failures = 0

    @property
    def sick(self) -> bool:
        """True once it was ready and then failed 5 times in a row."""
        return self.ready.is_set() and self.failures >= FAILURES_TO_ACT

    def _watch(self) -> None:
        while not self._stop.is_set():
            if answers_ok(self.port):
                self.failures, self.last_yes = 0, time.monotonic()
                self.ready.set()
            else:
                self.failures += 1
            self._stop.wait(ASK_EVERY if self.ready.is_set() else 0.1)
