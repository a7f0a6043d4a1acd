"""Buyers over HTTP: a browser without JavaScript, and a client of the API."""

import re
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# Made once: a context of its own for each of many buyers costs more than all they do.
_TLS = httpx.create_ssl_context()


class Unexpected(Exception):
    """The shop answered something else than a buyer needs; says what, never what was sent."""


@dataclass
class Form:
    """A form of a page with its values, as a browser would send them."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **values: str) -> dict[str, str | list[str]]:
        """Its data with `values` put in."""
        data: dict[str, str | list[str]] = {}
        for name, value in self.fields:
            held = data.get(name)
            data[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
        return {**data, **values}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._in_form = False
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = True
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and self._in_form and given.get("name"):
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "a":
            self.links.append((given.get("class", ""), given.get("href", "")))
        elif tag == "code" and not given.get("class"):
            # With a class it is the secret of the order, not a code.
            self._in_code = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "code":
            self._in_code = False

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.texts[-1] += data


def read(html: str) -> _Page:
    """Forms, links and code texts of a page."""
    page = _Page()
    page.feed(html)
    return page


class Shopper:
    """One guest with cookies. `ip` is what the shop takes for the visitor's address."""

    def __init__(self, base: str, ip: str = "") -> None:
        headers = {"X-Forwarded-For": ip} if ip else {}
        self.http = httpx.Client(base_url=base, timeout=TIMEOUT, verify=_TLS, headers=headers, follow_redirects=False)

    def close(self) -> None:
        """Give its connections back."""
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        """A page, with redirects inside the shop followed. Raises Unexpected."""
        answer = self.http.get(path)
        for _ in range(5):
            if not answer.is_redirect:
                break
            answer = self.http.get(answer.headers["location"])
        if answer.status_code != 200:
            raise Unexpected(f"GET {path.split('?')[0]}: {answer.status_code}")
        return answer

    def order(self, slug: str, sku_id: object, quantity: int = 1, method: str = "alipay") -> str:
        """Product page, checkout page, order; its number. Raises Unexpected with the status (409: sold out)."""
        shown = read(self.get(f"/p/{slug}").text)
        if not any(form.action == "/checkout" for form in shown.forms):
            raise Unexpected("the product page has no way to buy")
        return self.checkout(slug, sku_id, quantity, method)

    def checkout(self, slug: str, sku_id: object, quantity: int = 1, method: str = "alipay") -> str:
        """Checkout page and order, without looking at the product first."""
        page = read(self.get(f"/checkout?p={slug}&sku={sku_id}&qty={quantity}").text)
        form = _form(page, "/checkout")
        answer = self.http.post("/checkout", data=form.filled(method=method, qty=str(quantity)))
        found = re.match(r"/o/([0-9A-Z]+)/pay", answer.headers.get("location", ""))
        if answer.status_code != 302 or not found:
            raise Unexpected(f"checkout: {answer.status_code}")
        return found[1]

    def way(self, number: str) -> str:
        """The link to the cashier that the pay page shows. Raises Unexpected."""
        page = read(self.get(f"/o/{number}/pay").text)
        for css, href in page.links:
            if "button-main" in css and href.startswith("http"):
                return href
        raise Unexpected("the pay page has no way to pay")

    def choose(self, number: str, method: str) -> str:
        """Another payment method for the same order; the link to its cashier."""
        page = read(self.get(f"/o/{number}/pay").text)
        form = _form(page, f"/o/{number}/pay")
        answer = self.http.post(form.action, data=form.filled(method=method))
        if answer.status_code != 302:
            raise Unexpected(f"choice of a method: {answer.status_code}")
        return self.way(number)

    def cashier(self, way: str) -> tuple[str, str]:
        """Open the channel's cashier; the trade number and the address where its form pays."""
        answer = self.http.get(way, follow_redirects=True)
        for form in read(answer.text).forms:
            found = re.search(r"/cashier/([^/]+)/pay$", form.action)
            if found:
                return found[1], urljoin(str(answer.url), form.action)
        raise Unexpected(f"the cashier shows no form: {answer.status_code}")

    def pay(self, way: str) -> str:
        """Open the cashier and pay there; the trade number."""
        trade, address = self.cashier(way)
        answer = self.http.post(address, data={"type": "alipay"})
        if answer.status_code != 303:
            raise Unexpected(f"the cashier took no money: {answer.status_code}")
        return trade

    def state(self, number: str) -> str:
        """The order's state."""
        return str(self.http.get(f"/o/{number}/state").json()["state"])

    def reveal(self, number: str) -> list[str]:
        """All texts (numbers and secrets) of the order's codes, by the form of its page."""
        page = read(self.get(f"/o/{number}").text)
        forms = [form for form in page.forms if form.action.startswith(f"/o/{number}/reveal")]
        whole = [form for form in forms if any(name == "code" for name, _ in form.fields)]
        if not whole:
            raise Unexpected("the order page has no form to show its codes")
        answer = self.http.post(whole[0].action, data=whole[0].filled())
        if answer.status_code != 200:
            raise Unexpected(f"reveal: {answer.status_code}")
        texts = read(answer.text).texts
        return [re.sub(r"\s", "", text) for text in texts]


def _form(page: _Page, action: str) -> Form:
    for form in page.forms:
        if form.action == action and form.method == "post":
            return form
    raise Unexpected(f"no form for {action}")


class Client:
    """A client of the REST API."""

    def __init__(self, base: str, key: str, ip: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}", **({"X-Forwarded-For": ip} if ip else {})}
        self.http = httpx.Client(base_url=f"{base}/api/v1", timeout=TIMEOUT, verify=_TLS, headers=headers)

    def close(self) -> None:
        """Give its connections back."""
        self.http.close()

    def post(self, path: str, body: dict[str, Any], key: str = "") -> httpx.Response:
        """One write under an idempotency key."""
        return self.http.post(path, json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})

    def buy(
        self, sku_id: object, quantity: int = 1, *, payment: str = "balance", buyer: str = "", key: str = ""
    ) -> dict[str, Any]:
        """An order. Raises Unexpected with the problem's code."""
        body: dict[str, Any] = {"lines": [{"sku_id": str(sku_id), "quantity": quantity}], "payment": payment}
        if buyer:
            body["buyer"] = {"ref": buyer}
        return self._done(self.post("/orders", body, key))

    def refund(self, number: str) -> dict[str, Any]:
        """Give an order back. Raises Unexpected."""
        return self._done(self.post(f"/orders/{number}/refunds", {"reason": "demo"}))

    def reveal(self, number: str) -> list[dict[str, Any]]:
        """Its codes in plain text. Raises Unexpected."""
        return list(self._done(self.post(f"/orders/{number}/codes/reveal", {}))["items"])

    def order(self, number: str) -> dict[str, Any]:
        """One order. Raises Unexpected."""
        return self._done(self.http.get(f"/orders/{number}"))

    def available(self) -> int:
        """What the wallet can spend, in fen."""
        return int(self._done(self.http.get("/balance"))["available"]["amount_minor"])

    @staticmethod
    def _done(answer: httpx.Response) -> dict[str, Any]:
        if answer.status_code >= 400:
            raise Unexpected(f"{answer.status_code} {answer.json().get('code', '')}")
        result: dict[str, Any] = answer.json()
        return result
