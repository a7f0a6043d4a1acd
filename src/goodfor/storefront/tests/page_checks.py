"""What every page must hold, measured in a real browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

MAX_BYTES = 150_000
MIN_TAP = 40

_MEASURE = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")


def measure(page: Any, *, english: bool, given: Sequence[str]) -> list[str]:
    """What is wrong with the page that is open; `given` are the shop's own words, longest first."""
    words = sorted({word for word in given if word}, key=len, reverse=True)
    found: list[str] = page.evaluate(_MEASURE, {"english": english, "given": words, "tap": MIN_TAP})
    return found


class Watch:
    """Listens to a page: console errors, failed requests, and how much was loaded."""

    def __init__(self, page: Any) -> None:
        self.faults: list[str] = []
        self.bytes = 0
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # Chromium also writes a line for a document that we answer with 4xx on purpose.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text[:200]}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults.append(f"{response.status}: {response.url}")
        if response.status == 200 and response.request.resource_type != "image":
            self.bytes += len(response.body())

    def start(self) -> None:
        """Forget what the page before did."""
        self.faults, self.bytes = [], 0

    def stop(self) -> list[str]:
        """What went wrong since `start`."""
        weight = [f"page weighs {self.bytes} bytes"] if self.bytes > MAX_BYTES else []
        return self.faults + weight


def chromium() -> str | None:
    """Where Debian's Chromium is, or None."""
    return next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)


LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
