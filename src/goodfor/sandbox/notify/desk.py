"""What all stand-ins share: books, faults, a clock, tokens that were given out, browsers that subscribed."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from goodfor.sandbox.notify.books import Books
from goodfor.sandbox.notify.faults import board


@dataclass
class Browser:
    """A browser that subscribed: the keys that only it has."""

    token: str
    private: ec.EllipticCurvePrivateKey = field(repr=False)
    auth: bytes = field(repr=False)
    gone: bool = False


class Desk:
    """The state of all stand-ins of one process."""

    def __init__(self, data_dir: Path, control_token: str) -> None:
        self.books = Books(data_dir)
        self.faults = board()
        self.control_token = control_token or secrets.token_urlsafe(18)
        self.url = ""
        self.smtp_port = 0
        self._lock = threading.Lock()
        self._access_tokens: dict[str, tuple[str, float]] = {}
        self._browsers: dict[str, Browser] = {}
        self.tokens_issued = 0

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(time.time() * 1000)

    def note(self, service: str, endpoint: str, verdict: str) -> None:
        """Writes a call into the books."""
        self.books.call(service, endpoint, verdict, self.now_ms())

    def access_token(self, app_id: str, *, refresh: bool) -> tuple[str, int]:
        """WeChat's token of an app and the seconds it is still good for; the same one until it ends."""
        with self._lock:
            token, until = self._access_tokens.get(app_id, ("", 0.0))
            if refresh or until <= time.time():
                token, until = f"AT{secrets.token_urlsafe(48)}", time.time() + 7200
                self._access_tokens[app_id] = (token, until)
                self.tokens_issued += 1
            return token, int(until - time.time())

    def token_is_good(self, token: str) -> bool:
        """Whether WeChat gave it out and has not taken it back."""
        with self._lock:
            return any(token == known and until > time.time() for known, until in self._access_tokens.values())

    def revoke_tokens(self) -> None:
        """All tokens end now."""
        with self._lock:
            self._access_tokens.clear()

    def new_browser(self) -> Browser:
        """A browser subscribes."""
        browser = Browser(secrets.token_urlsafe(24), ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        with self._lock:
            self._browsers[browser.token] = browser
        return browser

    def browser(self, token: str) -> Browser | None:
        """The browser behind an endpoint."""
        with self._lock:
            return self._browsers.get(token)

    def close(self) -> None:
        """Closes the books."""
        self.books.close()
