"""Pages in a real browser: what every page must hold, and a visitor who collects what is wrong. Faces reuse it.

pytestmark = browser_marks
from goodfor.kit.tests.browser import browser, orm_beside_the_browser   (fixtures, imported by name)
@every_size

visit = Visit(browser, live_server.url, width=360, language="en", given=("shop's own words",))
visit.open("/path"); visit.check("name")
assert not visit.faults
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Locator, sync_playwright

MAX_BYTES = 150_000
MIN_TAP = 40
#: WCAG 2.2 AA asks for 24; a workplace with a mouse may be as dense as that.
DENSE_TAP = 24
SHOTS = Path(__file__).resolve().parents[4] / "var" / "screenshots"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

_BESIDE = "DJANGO_ALLOW_ASYNC_UNSAFE"
#: By the module whose tests use it. Its event loop runs until it ends, between the tests, too.
_running: dict[Any, Any] = {}
_MEASURE = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")


def _on_a_whole_page(question: str) -> None:
    """What is asked of elements, and does not wait by itself, waits for the page that a click led to."""
    ask = getattr(Locator, question)

    def whole(self: Locator, *given: Any, **named: Any) -> Any:
        self.page.wait_for_load_state("domcontentloaded")
        return ask(self, *given, **named)

    setattr(Locator, question, whole)


for _question in ("count", "is_visible", "is_hidden", "all", "all_inner_texts", "all_text_contents", "evaluate_all"):
    _on_a_whole_page(_question)


def chromium() -> str | None:
    """Where Debian's Chromium is, or None."""
    return next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)


browser_marks = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: apt-get install chromium"),
]


SIZES = [(360, "en"), (1440, "zh-hans"), (360, "zh-hans"), (1440, "en")]
_ALL = os.environ.get("GOODFOR_EVERY_SIZE") == "1"
#: 360 px in English is where most goes wrong: long words on a narrow page. `./goodfor soak pages` sets
#: GOODFOR_EVERY_SIZE=1 and opens every page in all four pairs.
every_size = pytest.mark.parametrize(("width", "language"), SIZES if _ALL else SIZES[:1])


@pytest.fixture(autouse=True)
def orm_beside_the_browser() -> Iterator[None]:
    """The browser's driver runs an event loop in this thread; the database is used from it all the same."""
    os.environ[_BESIDE] = "1"
    yield
    if not _running:
        del os.environ[_BESIDE]


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The Chromium of a module: starting one takes longer than most tests in it. What a test opened is closed."""
    module = request.node.getparent(pytest.Module)
    if module not in _running:
        driver = sync_playwright().start()
        _running[module] = driver.chromium.launch(executable_path=chromium(), args=LAUNCH_ARGS)

        def stop() -> None:
            _running.pop(module).close()
            driver.stop()
            os.environ.pop(_BESIDE, None)

        module.addfinalizer(stop)
    opened = _running[module]
    yield opened
    for context in opened.contexts:
        context.close()


def press_buy(page: Any) -> None:
    """Press the bar's button and see it answered: the order is made. What follows is a channel's page, elsewhere."""
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=60_000):
        page.click(".buybar button[type=submit]", no_wait_after=True)


def measure(page: Any, *, english: bool, given: Sequence[str], tap: int = MIN_TAP) -> list[str]:
    """What is wrong with the page that is open; `given` are the shop's own words, longest first."""
    words = sorted({word for word in given if word}, key=len, reverse=True)
    options = {"english": english, "given": words, "tap": tap, "width": page.viewport_size["width"]}
    found: list[str] = page.evaluate(_MEASURE, options)
    return found


def axe(page: Any, without: Sequence[str] = ()) -> list[str]:
    """What axe-core finds: rule, and the first elements that break it; `without` these rules."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "rules": {rule: {"enabled": False} for rule in without},
        # Our pages load nothing from elsewhere and have no frames: looking for either takes half of the time.
        "preload": False,
        "iframes": False,
    }
    page.evaluate(Axe().axe_script)
    broken = page.evaluate("(options) => axe.run(document, options).then((found) => found.violations)", options)
    return [
        f"axe {rule['id']}: {node['html'][:140]} {node.get('failureSummary', '')[:160]!r}"
        for rule in broken
        for node in rule["nodes"][:4]
    ]


class Watch:
    """Listens to a page: console errors, failed requests, and how much was loaded."""

    def __init__(self, page: Any) -> None:
        self.faults: list[str] = []
        self.bytes = 0
        self._page = page
        #: What the page that is open now has asked for.
        self._asked: set[Any] = set()
        self._unweighed: list[Any] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("response", self._response)

    def _console(self, message: Any) -> None:
        # Chromium also writes a line for a document that we answer with 4xx on purpose.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text[:200]}")

    def _request(self, request: Any) -> None:
        # A form leads from one page to the next; a page weighs what it alone loads.
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self.bytes = 0
            self._asked.clear()
        self._asked.add(request)

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults.append(f"{response.status}: {response.url}")
        # What the page before still loads, a chart's library for one, is not this page's.
        here = response.request in self._asked
        if here and response.status == 200 and response.request.resource_type != "image":
            # Reading a body lets other responses be heard meanwhile: add only what is known.
            try:
                size = len(response.body())
            except Error:
                # The browser gives a body away when it likes; what is left is asked for once more, at the end.
                self._unweighed.append(response.request)
                return
            self.bytes += size

    def _weigh_the_rest(self) -> None:
        """Fetch what could not be read when it came; of a page that was left nothing weighs any more."""
        rest, self._unweighed = [one for one in self._unweighed if one in self._asked], []
        for request in rest:
            if request.method == "GET":
                self.bytes += len(self._page.request.get(request.url).body())
            else:
                self.faults.append(f"could not be weighed: {request.method} {request.url}")

    def start(self) -> None:
        """Forget what the page before did."""
        self.faults, self.bytes, self._unweighed = [], 0, []

    def stop(self, budget: int | None = MAX_BYTES) -> list[str]:
        """What went wrong since `start`; `budget` are the bytes that a page may weigh without pictures."""
        self._weigh_the_rest()
        heavy = budget is not None and self.bytes > budget
        return self.faults + ([f"page weighs {self.bytes} bytes"] if heavy else [])


class Visit:
    """One visitor with a width and a language, collecting what is wrong page by page."""

    def __init__(
        self,
        browser: Any,
        base: str,
        width: int,
        language: str,
        given: Sequence[str] = (),
        *,
        budget: int | None = MAX_BYTES,
        dense: bool = False,
        cookies: Sequence[dict[str, str]] = (),
    ) -> None:
        self.base, self.width, self.language, self.given, self.budget = base, width, language, tuple(given), budget
        self.phone = width < 600
        self.tap = DENSE_TAP if dense and not self.phone else MIN_TAP
        self.context = browser.new_context(
            viewport={"width": width, "height": 760 if self.phone else 900},
            is_mobile=self.phone,
            has_touch=self.phone,
            locale="en-US" if language == "en" else "zh-CN",
        )
        self.context.add_cookies([{"name": "gf_lang", "value": language, "url": base}, *cookies])
        self.page = self.context.new_page()
        self.watch = Watch(self.page)
        self.faults: list[str] = []

    def open(self, path: str) -> None:
        """Go there, and wait until all is loaded."""
        self.watch.start()
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")

    def check(self, name: str, *, both_shots: bool = False, without: Sequence[str] = ()) -> None:
        """Measure the open page in both themes, run axe, and keep pictures."""
        # What a click led to may be there before its styles are.
        self.page.wait_for_load_state()
        found = list(self.watch.stop(self.budget))
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += measure(self.page, english=self.language == "en", given=self.given, tap=self.tap)
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        found += axe(self.page, without)
        # Taking a picture writes styles into the page: measure first.
        for theme in ("dark", "light") if _ALL and (self.phone or both_shots) else ("light",):
            self.shoot(name, theme)
        self.faults += [f"{name}: {fault}" for fault in dict.fromkeys(found)]
        self.watch.start()

    def shoot(self, name: str, theme: str = "light", *, full: bool = True) -> None:
        """Keep a picture under var/screenshots/."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        target = SHOTS / f"{name}-{self.width}-{self.language}-{theme}.png"
        self.page.screenshot(path=target, full_page=full, caret="initial")
