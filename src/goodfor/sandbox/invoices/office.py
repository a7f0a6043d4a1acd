"""What the office does: checks an invoice by rules of its own, writes it once a number, tells what became of it."""

import json
import time
from pathlib import Path
from typing import Any

from goodfor.sandbox.invoices.books import Books
from goodfor.sandbox.invoices.faults import board

DEMO_KEY, DEMO_SECRET = "demo", "invoice-test-secret-0001"
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Office:
    """The state of the stand-in."""

    def __init__(self, data_dir: Path, control_token: str) -> None:
        self.books = Books(data_dir)
        self.faults = board()
        self.control_token = control_token
        self.accounts = {DEMO_KEY: DEMO_SECRET}
        self.url = ""

    def write(self, app_key: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Has one written, once a number: (status, answer)."""
        number = str(said.get("number", ""))
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        with self.books.one_at_a_time:
            known = self.books.find(app_key, number)
            if known is not None:
                if known["said"] != text:
                    return 409, {"error": "number_used"}
                return self.told(known)
            if (fault := self.faults.take("refuse", "issue")) is not None:
                return 422, {"error": str(fault.settings["code"]) or "refused"}
            wrong = self._wrong(app_key, number, said)
            if wrong:
                return 422, {"error": wrong}
            slow = self.faults.take("slow", "issue")
            serial = len(self.books.listed()["invoices"]) + 1
            self.books.add(
                {
                    "app_key": app_key, "number": number, "kind": said["kind"], "class": said["class"],
                    "amount": said["amount"], "tax": said["tax"], "original": said.get("original", ""),
                    "official": f"26{int(time.time() * 1000) % 10**12:012d}{serial:06d}",
                    "state": "writing" if slow else "issued", "error": "",
                    "asks_left": int(slow.settings["asks"]) if slow else 0, "said": text, "at": int(time.time()),
                }
            )  # fmt: skip
            made = self.books.find(app_key, number)
        assert made is not None
        return self.told(made)

    def ask(self, app_key: str, number: str) -> tuple[int, dict[str, Any]]:
        """What became of a number."""
        with self.books.one_at_a_time:
            self.books.asked(app_key, number)
            known = self.books.find(app_key, number)
        return (404, {"error": "not_found"}) if known is None else self.told(known)

    def told(self, row: dict[str, object]) -> tuple[int, dict[str, Any]]:
        """An invoice as an answer."""
        if row["state"] == "writing":
            return 202, {"number": row["number"], "state": "writing"}
        official = row["official"]
        return 200, {
            "number": row["number"], "state": "issued", "official": official, "link": f"{self.url}/papers/{official}"
        }  # fmt: skip

    def _wrong(self, app_key: str, number: str, said: dict[str, Any]) -> str:
        amount, tax, lines = said.get("amount"), said.get("tax"), said.get("lines")
        if not number or len(number) > 48 or said.get("kind") not in ("blue", "red"):
            return "malformed"
        if not isinstance(lines, list) or not lines or type(amount) is not int or type(tax) is not int or amount <= 0:
            return "malformed"
        if sum(line["amount"] for line in lines) != amount or sum(line["tax"] for line in lines) != tax:
            return "sums_differ"
        if any(not _tax_fits(line) for line in lines) and said["kind"] == "blue":
            return "tax_differs"
        if said.get("class") == "card" and (tax or any(line["rate_bp"] for line in lines)):
            return "card_with_tax"
        buyer = said.get("buyer", {})
        if not buyer.get("name") or (buyer.get("kind") == "company" and not _is_code(str(buyer.get("tax_number")))):
            return "title_invalid"
        return "" if said["kind"] == "blue" else self._wrong_red(app_key, said)

    def _wrong_red(self, app_key: str, said: dict[str, Any]) -> str:
        original = self.books.original(app_key, str(said.get("original", "")))
        if original is None:
            return "no_original"
        if int(str(original["back"])) + said["amount"] > int(str(original["amount"])):
            return "more_than_original"
        return "" if said.get("reason") else "no_reason"


def _tax_fits(line: dict[str, Any]) -> bool:
    """The tax in the amount, give or take one a unit: what is left after refunds was rounded more than once."""
    true = line["amount"] * line["rate_bp"] / (10_000 + line["rate_bp"])
    return bool(abs(line["tax"] - true) <= max(1, line["quantity"]))


def _is_code(code: str) -> bool:
    if len(code) != 18 or any(one not in _LETTERS for one in code):
        return False
    weight, total = 1, 0
    for one in code[:17]:
        total += _LETTERS.index(one) * weight
        weight = weight * 3 % 31
    return (31 - total % 31) % 31 == _LETTERS.index(code[17])
