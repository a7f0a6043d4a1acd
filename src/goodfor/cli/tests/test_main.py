"""The command line: what it lists, how it fails."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from goodfor.cli import bench as benches
from goodfor.cli.bench.result import Bar, BenchResult
from goodfor.cli.commands import audit
from goodfor.cli.commands.options import pairs
from goodfor.cli.commands.test import arguments
from goodfor.cli.errors import CliError
from goodfor.cli.main import explain, run
from goodfor.cli.tests.test_postgres import source_environment
from goodfor.vault.errors import OutOfStock

COMMANDS = [
    "up",
    "demo",
    "audit",
    "codes",
    "connector",
    "ledger",
    "risk",
    "sandbox",
    "bench",
    "soak",
    "openapi",
    "manage",
    "test",
    "worker",
]


def test_help_lists_all_commands_without_loading_django() -> None:
    program = "import sys; from goodfor.cli.main import run; run(['--help']); sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=source_environment())
    assert done.returncode == 0, done.stderr
    for name in COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        *(c for c in COMMANDS if c != "manage"),
        "codes import",
        "connector new",
        "ledger export",
        "risk evaluate",
        "risk train",
        "demo fill",
        "demo empty",
    ],
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    assert "Usage: goodfor" in capsys.readouterr().out


def test_an_error_is_one_line_that_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("GOODFOR_DATA_DIR", str(tmp_path))
    assert run(["audit"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "./goodfor up" in said


def test_unexpected_errors_are_one_line_too() -> None:
    assert explain(ValueError("first\nsecond")).count("\n") == 0
    assert "ValueError: first" in explain(ValueError("first\nsecond"))
    assert explain(SystemError()).startswith("出错：SystemError")


class OperationalError(Exception):
    """Named as psycopg and Django name theirs."""


class ProgrammingError(Exception):
    """The same."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileExistsError(17, "File exists", "/srv/x"), "cannot use /srv/x: File exists"),
        (OperationalError("connection failed: refused\nmore"), "check DATABASE_URL: connection failed: refused"),
        (ProgrammingError('relation "vault_code" does not exist'), "./goodfor manage migrate"),
        (OutOfStock(sku="STAR-50"), "错误：库存不足 / Out of stock：sku STAR-50（out_of_stock）"),
    ],
)
def test_what_often_goes_wrong_is_said_with_its_remedy(error: Exception, told: str) -> None:
    assert told in explain(error)
    assert "\n" not in explain(error)


def test_a_foreign_database_address_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOODFOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "mysql://somebody@somewhere/shop")
    assert run(["audit"]) == 1
    assert capsys.readouterr().err.count("postgresql://") == 2


def test_bench_prints_the_stable_object_and_fails_on_a_missed_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def orders(*, json: bool, clients: int = 1) -> BenchResult:
        seen.update(json=json, clients=clients)
        return BenchResult("orders", {"per_second": 5.0}, [Bar("ratio", 0.3, ">= 0.4", ok=False)])

    monkeypatch.setitem(benches.BENCHES, "test-orders", orders)
    assert run(["bench", "test-orders", "--json", "-o", "clients=16"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "name": "orders",
        "figures": {"per_second": 5.0},
        "bars": [{"what": "ratio", "value": 0.3, "bar": ">= 0.4", "ok": False}],
        "ok": False,
    }
    assert seen == {"json": True, "clients": 16}
    assert run(["bench", "test-orders"]) == 1
    assert "ratio" in capsys.readouterr().out
    capsys.readouterr()
    assert run(["bench", "no-such"]) == 1
    assert "choose from: " in capsys.readouterr().err
    seen.clear()
    assert run(["bench", "test-orders", "-o", "clientz=1"]) == 1
    assert "clientz; it has: clients" in capsys.readouterr().err
    assert seen == {}


def test_audit_report() -> None:
    good = SimpleNamespace(
        invariant=SimpleNamespace(name="once", room="vault", why="-"), ok=True, count=0, violations=()
    )
    bad = SimpleNamespace(
        invariant=SimpleNamespace(name="sum", room="ledger", why="must be zero"),
        ok=False,
        count=1,
        violations=(("tx-1", "off by 1"),),
    )
    assert audit.report([good])["ok"] is True
    report = audit.report([good, bad])
    assert report["ok"] is False
    assert report["invariants"][1] == {
        "name": "sum",
        "room": "ledger",
        "ok": False,
        "count": 1,
        "violations": [{"subject": "tx-1", "detail": "off by 1"}],
    }


def test_audit_table_names_the_violations(capsys: pytest.CaptureFixture[str]) -> None:
    bad = SimpleNamespace(
        invariant=SimpleNamespace(name="sum", room="ledger", why="must be zero"),
        ok=False,
        count=1,
        violations=(("tx-1", "off by 1"),),
    )
    audit.show([bad])
    said = capsys.readouterr().out
    assert "tx-1" in said
    assert "must be zero" in said


def test_pairs() -> None:
    assert pairs(["clients=16", "rate=0.5", "kind=flash", "a-b=1"]) == {
        "clients": 16,
        "rate": 0.5,
        "kind": "flash",
        "a_b": 1,
    }
    with pytest.raises(CliError):
        pairs(["clients"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["-n", "2", "--dist", "worksteal", "src"]),
        (["-k", "nothing-like-this"], ["-n", "2", "--dist", "worksteal", "-k", "nothing-like-this", "src"]),
        (["-n0", "-q"], ["-n0", "-q", "src"]),
        ([__file__ + "::test_pairs"], ["-n", "2", "--dist", "worksteal", __file__ + "::test_pairs"]),
    ],
)
def test_arguments_for_pytest(given: list[str], expected: list[str]) -> None:
    assert arguments(given) == expected
