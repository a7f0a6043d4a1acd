"""The browser's half of a challenge, in a real browser: solved in workers, handed in with the form."""

import http.server
import json
import statistics
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from goodfor.kit.tests.browser import browser as browser
from goodfor.kit.tests.browser import browser_marks
from goodfor.kit.tests.browser import orm_beside_the_browser as orm_beside_the_browser
from goodfor.risk.doors import challenge

pytestmark = browser_marks
SCRIPT = Path(challenge.__file__).parent / "static" / "risk" / "solve.js"
#: That of the storefront's pages.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
)
PAGE = """<!doctype html><title>x</title><link rel="icon" href="data:,"><script src="/solve.js" defer></script>
<form action="/sent" data-challenge='{challenge}'><input name="code" value="X">
<p data-challenge-say="solving" hidden>solving</p><p data-challenge-say="solved" hidden>solved</p>
<p data-challenge-say="failed" hidden>failed</p><button>go</button></form>"""


class Site:
    """One page, and the script, under the policy of the storefront."""

    def __init__(self) -> None:
        self.page = ""
        site = self

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                script = self.path.startswith("/solve.js")
                body = SCRIPT.read_bytes() if script else site.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, host: str = "localhost") -> str:
        return f"http://{host}:{self.server.server_port}/"


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()


PLACE = {"shop_id": uuid4(), "door": "redeem", "bound_to": "device"}


def test_a_browser_solves_it_and_hands_it_in(site: Site, browser: Any, now: datetime) -> None:
    """Sent before it is solved, the form waits for it."""
    site.page = PAGE.format(challenge=json.dumps(challenge.issue(cost=1, now=now, **PLACE)))
    page = browser.new_page()
    page.goto(site.url())
    page.click("button")
    page.wait_for_url("**/sent?*", timeout=60_000)
    (proof,) = [part.split("=", 1)[1] for part in page.url.split("?")[1].split("&") if part.startswith("proof=")]
    sent = page.evaluate("text => decodeURIComponent(text)", proof)
    assert challenge.verify(payload=sent, now=now, **PLACE)
    assert not challenge.verify(payload=sent, now=now, **PLACE)
    # The driver's loop has a connection of its own.
    connection.close()


def test_it_says_what_it_does(site: Site, browser: Any, now: datetime) -> None:
    site.page = PAGE.format(challenge=json.dumps(challenge.issue(cost=1, now=now, **PLACE)))
    page = browser.new_page()
    page.goto(site.url())
    page.wait_for_selector("[data-challenge-say=solved]", timeout=60_000)
    assert not page.locator("[data-challenge-say=solving]").is_visible()
    assert not page.locator("[data-challenge-say=failed]").is_visible()


def test_where_it_cannot_be_solved_the_form_goes_as_it_is(site: Site, browser: Any, now: datetime) -> None:
    """No Web Crypto: the page says so, and the server offers a one-time code."""
    site.page = PAGE.format(challenge=json.dumps(challenge.issue(cost=1, now=now, **PLACE)))
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    page.goto(site.url())
    page.wait_for_selector("[data-challenge-say=failed]", timeout=60_000)
    page.click("button")
    page.wait_for_url("**/sent?*", timeout=60_000)
    assert "proof=" not in page.url


@pytest.mark.soak
def test_what_each_cost_takes(site: Site, browser: Any, now: datetime) -> None:
    """Milliseconds in Chromium on this machine; the dearer, the longer, at most a minute."""
    site.page = PAGE.format(challenge=json.dumps(challenge.issue(cost=1, now=now, **PLACE)))
    page = browser.new_page()
    page.goto(site.url())
    page.wait_for_selector("[data-challenge-say=solved]", timeout=60_000)
    told = {}
    for cost, times in ((1, 15), (2, 15), (3, 9), (4, 5)):
        took = []
        for _ in range(times):
            made = challenge.issue(cost=cost, now=now, **PLACE)
            rounds, spent = page.evaluate(
                "async (made) => { const began = performance.now(); const sent = await window.goodforSolve(made);"
                " return [JSON.parse(atob(sent)).solution.counter, performance.now() - began]; }",
                made,
            )
            took.append((spent, rounds))
        spent = sum(one for one, _ in took)
        told[cost] = (round(statistics.median(one for one, _ in took)), sum(rounds for _, rounds in took) / spent)
    lines = [f"cost {cost}: median {ms} ms, {rate:.1f} tries a millisecond" for cost, (ms, rate) in told.items()]
    sys.stderr.write("\n" + "\n".join(lines) + "\n")
    assert told[1][0] < told[3][0] < 20_000
    assert told[2][0] < told[4][0] < 60_000
