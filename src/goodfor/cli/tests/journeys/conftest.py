"""The shop that the journeys walk through: `goodfor up` as a person starts it, on ports of its own."""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from goodfor.cli.stack import _free_pair
from goodfor.cli.tests.test_demo import OWN
from goodfor.cli.tests.test_postgres import source_environment
from goodfor.kit.tests.browser import SHOTS, browser

__all__ = ["browser"]
READY_SECONDS = 120
_CONSOLE_LINK = re.compile(r"http://127\.0\.0\.1:\d+/console/signin\?token=\S+")


@dataclass
class Up:
    """A running installation: its address, its data folder, and the owner's one-time link."""

    url: str
    data: Path
    console_link: str

    def one_time_code(self, contact: str) -> str:
        """The latest code that went to `contact`, as its owner reads it from the message."""
        lines = (self.data / "demo-messages.jsonl").read_text(encoding="utf-8").splitlines()
        sent = [json.loads(line) for line in lines]
        return next(str(message["code"]) for message in reversed(sent) if message["to"] == contact)


@contextlib.contextmanager
def installation(*options: str) -> Iterator[Up]:
    """`goodfor up` in a folder of its own; stopped with SIGINT, as Ctrl-C does, and its end is looked at."""
    data = Path(tempfile.gettempdir()) / f"gf-way-{time.time_ns()}"
    port = _free_pair()
    out = data.with_suffix(".out")
    command = [sys.executable, "-P", "-m", "goodfor", "up", "--port", str(port), "--data", str(data), *options]
    environment = {name: value for name, value in source_environment().items() if name not in OWN}
    with out.open("wb") as target:
        process = subprocess.Popen(command, stdout=target, stderr=subprocess.STDOUT, env=environment)
    try:
        yield Up(f"http://127.0.0.1:{port}", data, _wait(process, out))
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(30)
        said = out.read_text(encoding="utf-8", errors="replace")
        shutil.rmtree(data, ignore_errors=True)
        out.unlink()
    assert code == 0, said[-2000:]


def _wait(process: "subprocess.Popen[bytes]", out: Path) -> str:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        said = out.read_text(encoding="utf-8", errors="replace")
        found = _CONSOLE_LINK.search(said)
        if found and "Ctrl-C" in said:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"`up` did not get ready:\n{out.read_text(encoding='utf-8', errors='replace')[-3000:]}")


@pytest.fixture(scope="session")
def demo() -> Iterator[Up]:
    """The demo shop."""
    with installation() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner who came in by the printed link and set up an authenticator app: what their browser remembers."""

    state: Any
    secret: str

    def code(self, step: int = 0) -> str:
        """What the app shows now, or `step` half minutes later."""
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30 + step))


def owner_of(chrome: Any, up: Up) -> Owner:
    """The first visit of an owner: the link that `up` prints, then the second factor that the role needs."""
    desk = Device(chrome, up.url, phone=False)
    desk.open(up.console_link)
    desk.page.click("main form button.button-main")
    desk.page.wait_for_url("**/console/")
    desk.open("/console/me/security")
    desk.press("设置验证器应用")
    secret = desk.page.locator("main p.mono").first.inner_text().replace(" ", "")
    owner = Owner(None, secret)
    # The code of half a minute ago sets the app up, so that the present one is still unused.
    desk.page.fill("main input[name=code]", owner.code(-1))
    desk.press("启用")
    desk.sees("恢复码")
    prove(desk, owner)
    state = desk.context.storage_state()
    desk.close()
    return Owner(state, secret)


def prove(desk: "Device", owner: Owner) -> None:
    """Show once more who one is, as dangerous acts ask for."""
    desk.open("/console/prove")
    desk.page.fill("main input[name=code]", owner.code())
    desk.press("确定")
    desk.page.wait_for_url("**/console/")


@pytest.fixture(scope="session")
def owners() -> dict[str, Owner]:
    """Owners who came in, by the address of their installation: a link opens once."""
    return {}


@pytest.fixture
def owner(demo: Up, chrome: Any, owners: dict[str, Owner]) -> Owner:
    """The owner of the demo shop."""
    if demo.url not in owners:
        owners[demo.url] = owner_of(chrome, demo)
    return owners[demo.url]


@pytest.fixture
def chrome(browser: Any) -> Any:
    """One Chromium for a journey."""
    return browser


class Device:
    """A person's phone or computer: it opens pages, clicks, types, and remembers what the browser complained about."""

    def __init__(self, chrome: Any, base: str, *, phone: bool = True, state: Any = None) -> None:
        size = {"width": 360, "height": 760} if phone else {"width": 1440, "height": 900}
        self.base = base
        self.context = chrome.new_context(
            viewport=size, is_mobile=phone, has_touch=phone, locale="zh-CN", storage_state=state, accept_downloads=True
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("response", self._response)
        self._shots = 0

    def _response(self, response: Any) -> None:
        ours, refused = response.url.startswith(self.base), response.status >= 400
        if response.status >= 500 or (ours and refused and response.request.resource_type != "document"):
            self.faults.append(f"{response.status}: {response.url.split('?')[0]}")

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path if path.startswith("http") else self.base + path)

    def press(self, words: str) -> None:
        """Press the button, or follow the link, with these words."""
        self.page.locator(f"main :is(button, a, summary):has-text('{words}'):visible").first.click()

    def sees(self, words: str, seconds: float = 15) -> None:
        """Wait until these words stand somewhere on the page."""
        self.page.get_by_text(words).first.wait_for(timeout=seconds * 1000)

    def keep(self, name: str) -> None:
        """Keep a picture of where the journey is."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self._shots += 1
        self.page.screenshot(path=SHOTS / f"journey-{name}-{self._shots}.png", full_page=True)

    def close(self) -> None:
        """Put it away; nothing on the way may have gone wrong in the browser."""
        self.context.close()
        assert not self.faults, self.faults


def buy(device: Device, product: str, contact: str = "", choose: str = "") -> str:
    """From the home page to a paid order at the stand-in's cashier; the order's number. `choose` is a face value."""
    page = device.page
    device.open("/")
    page.locator(f"a.card:has-text('{product}')").first.click()
    page.wait_for_url("**/p/**")
    if choose:
        page.locator(f"label.facechip:has-text('{choose}')").click()
    device.press("立即购买")
    page.wait_for_url("**/checkout**")
    if contact:
        page.fill("#contact", contact)
    page.locator("label.method:has-text('支付宝')").click()
    device.press("去付款")
    # Alipay's page is reached by a form: one press more.
    page.click("form[action*='gateway.do'] button")
    page.wait_for_url(lambda url: not url.startswith(device.base))
    page.click("form button")
    page.wait_for_url(f"{device.base}/o/**")
    number = page.url.split("/o/")[1].split("/")[0].split("?")[0]
    device.sees("码已到手", 30)
    return number
