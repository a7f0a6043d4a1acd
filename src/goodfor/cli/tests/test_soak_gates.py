"""The channels of the soaks: their names, and how a stand-in's books are read."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from goodfor.cli.errors import CliError
from goodfor.cli.soak import BY_CHANNEL, SOAKS, every
from goodfor.cli.soak.catcher import catching
from goodfor.cli.soak.gates import NAMES
from goodfor.cli.soak.gates.accounts import CHANNELS
from goodfor.cli.soak.gates.channels import read
from goodfor.cli.soak.gates.epay import turns
from goodfor.sandbox.notifier import call


def payment(seq: int, number: str, alias: str, amount: int, state: str = "paid") -> dict[str, Any]:
    return {"seq": seq, "number": number, "alias": alias, "amount": amount, "state": state}


def refund(payment: int, amount: int, state: str = "success") -> dict[str, Any]:
    return {"payment": payment, "amount": amount, "state": state}


def test_every_channel_has_a_gate() -> None:
    assert every.NAMES == NAMES
    assert all(CHANNELS[spec.elsewhere] for spec in CHANNELS.values())


@pytest.mark.parametrize("name", [*BY_CHANNEL, "race"])
def test_a_channel_that_there_is_not(name: str) -> None:
    """Said before anything is started."""
    with pytest.raises(CliError, match="bitcoin"):
        SOAKS[name](channel="bitcoin")
    if name not in BY_CHANNEL:
        with pytest.raises(CliError, match="all"):
            SOAKS[name](channel="all")


def test_all_are_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is asked for by name; one that does not end is a bar missed and keeps no other from running."""
    program = tmp_path / "python"
    program.write_text(
        '#!/bin/sh\nfor given; do last=$given; done\necho noise\n[ "$last" = channel=alipay ] && exit 3\n'
        'echo "{\\"figures\\": {\\"given\\": \\"$*\\"}, \\"bars\\": '
        '[{\\"what\\": \\"errors\\", \\"value\\": 0, \\"bar\\": \\"= 0\\", \\"ok\\": true}]}"\n'
    )
    program.chmod(0o700)
    monkeypatch.setattr(every.sys, "executable", str(program))
    result = every.run("edges", Console(quiet=True), {"each": 3, "channel": "all"})
    told = "-P -m goodfor soak edges --json -o each=3 -o channel="
    assert result.figures == {name: {"given": f"{told}{name}"} for name in NAMES if name != "alipay"}
    assert [(bar.what, bar.ok) for bar in result.bars] == [
        (f"{name}: ended", False) if name == "alipay" else (f"{name}: errors", True) for name in NAMES
    ]
    assert not result.ok


def test_books_by_our_own_number() -> None:
    """Stripe keeps it as an alias, and may have several sessions for it; only what happened counts."""
    told = {
        "payments": [payment(1, "cs_1", "P1", 900), payment(2, "cs_2", "P1", 900, "open"), payment(3, "P2", "", 500),
                     payment(4, "P3", "", 70, "closed")],
        "refunds": [refund(1, 100), refund(1, 50), refund(1, 7, "failed"), refund(3, 500, "processing")],
        "journal": [{"id": 1, "amount": 900}, {"id": 1, "amount": -900}, {"id": 2, "amount": 5}],
    }  # fmt: skip
    books = read(told)
    assert books.trades == {"P1": (900, 150), "P2": (500, 0), "P3": (0, 0)}
    assert books.problems == ("entry 2 of the stand-in does not balance",)


def test_faults_make_a_rate() -> None:
    assert turns(20, 10) == [5, 15, 25, 35]
    assert turns(20, 100) == []


def test_caught_notifies_are_as_they_came() -> None:
    with catching() as catcher:
        path = f"{catcher.url}/7c9e6679-7425-40de-944b-e07fc1f90ae7/3f2504e0-4f89-11d3-9a0c-0305e82c3301"
        told = call(
            f"{path}?a=1%202", timeout=5, clock=lambda: 0.0, method="POST", body=b"x=1", headers={"X-Sign": "s"}
        )
        assert (told.status, told.answer) == (200, "success")
        [caught] = catcher.take()
        assert catcher.take() == []
    assert str(caught.account_id) == "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
    raw = caught.raw
    assert (raw.method, raw.query, raw.body, raw.headers["x-sign"]) == ("POST", b"a=1%202", b"x=1", "s")
    assert raw.path.startswith("/pay/notify/")
