"""A new connector: its names, and that what is laid out imports, is clean and waits for a vector."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import goodfor
from goodfor.cli.connector import PROVIDERS, TEMPLATES, lay_out
from goodfor.cli.errors import CliError
from goodfor.cli.main import run
from goodfor.supply import providers as there

SOURCE = Path(goodfor.__file__).parent
CONFIG = SOURCE.parents[1] / "pyproject.toml"
MYPY = "[mypy]\nstrict = True\nfollow_imports = silent\nwarn_unreachable = True\nexclude = /tests/\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The house as it is, but for a folder of connectors of its own: returns the folder above `goodfor`."""
    source = tmp_path / "src"
    inner, real = source / "goodfor", SOURCE
    for step in ("supply", "providers", ""):
        inner.mkdir(parents=True)
        for path in real.iterdir():
            if path.name not in (step, "__pycache__"):
                (inner / path.name).symlink_to(path)
        inner, real = inner / step, real / step
    return source


def call(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "PYTHONPATH": str(house), "DJANGO_SETTINGS_MODULE": "goodfor.config.settings_test",
        "MYPYPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=house.parent,
        timeout=300,
    )


@pytest.mark.parametrize("name", ["acme_v2", "zz", "b" * 24, "n_1_2"])
def test_what_is_laid_out_is_clean(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["connector", "new", name, "--into", str(tmp_path)]) == 0
    folder = tmp_path / name
    made = {str(path.relative_to(folder)) for path in folder.rglob("*.py")}
    assert made == {str(path.relative_to(TEMPLATES))[:-4] for path in TEMPLATES.rglob("*.txt")}
    assert str(folder / "connector.py") in capsys.readouterr().out
    assert "%" not in "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    for check in ("check", "format --check"):
        # What is the house's own is told by where it lies.
        rules = ("--config", str(CONFIG), "--config", 'lint.isort.known-first-party = ["goodfor"]')
        done = call(tmp_path, "ruff", *check.split(), "--no-cache", *rules, str(folder))
        assert done.returncode == 0, done.stdout


def test_what_is_laid_out_waits_for_a_vector_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out("acme_v2", tmp_path)
    monkeypatch.setattr(there, "__path__", [*there.__path__, str(tmp_path)])
    try:
        tests = importlib.import_module("goodfor.supply.providers.acme_v2.tests.test_vectors")
        found = {name: test for name, test in vars(tests).items() if name.startswith("test_")}
        assert len(found) == 3
        with pytest.raises(AssertionError, match="write down a vector"):
            found.pop("test_a_vector_of_the_vendor")()
        for test in found.values():
            test()
        # With a vector written down, it decides: another way of signing does not pass, the laid out one may.
        monkeypatch.setattr(tests, "EXPECTED", "x")
        with pytest.raises(AssertionError):
            tests.test_a_vector_of_the_vendor()
        monkeypatch.setattr(tests, "SECRET", "key")
        monkeypatch.setattr(tests, "BODY", b"The quick brown fox jumps over the lazy dog")
        monkeypatch.setattr(tests, "EXPECTED", "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
        tests.test_a_vector_of_the_vendor()
        about = tests.CONNECTOR.about
        assert (about.protocol, about.repeat, about.found_by, tests.CONNECTOR.can) == (
            "acme_v2", "unsafe", "nothing", frozenset(),
        )  # fmt: skip
    finally:
        for name in [name for name in sys.modules if name.startswith("goodfor.supply.providers.acme_v2")]:
            del sys.modules[name]


@pytest.mark.slow
def test_what_is_laid_out_has_types(house: Path, tmp_path: Path) -> None:
    """Strictly: beside a sound one, one is spoiled, and only that is found."""
    home = house / "goodfor" / "supply" / "providers"
    lay_out("acme", home)
    lay_out("spoiled", home)
    purchase = home / "spoiled" / "purchase.py"
    purchase.write_text(purchase.read_text(encoding="utf-8").replace("-> Placed:", "-> int:"), encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(MYPY)
    config = ("--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path / "cache"))
    packages = ("-p", "goodfor.supply.providers.acme", "-p", "goodfor.supply.providers.spoiled")
    done = call(house, "mypy", *config, *packages)
    assert done.returncode == 1, done.stdout + done.stderr
    wrong = [line.split(":")[0] for line in done.stdout.splitlines() if ": error:" in line]
    assert wrong, done.stdout
    assert {Path(path).parts[-2:] for path in wrong} <= {("spoiled", "purchase.py"), ("spoiled", "connector.py")}


@pytest.mark.parametrize(
    "name", ["", "a", "Acme", "1acme", "acme-v2", "acme__v2", "_acme", "acme_", "../acme", "acme/x", "class", "tests",
             "a" * 25, "卡易信", "acme v2", "acme\n"],
)  # fmt: skip
def test_bad_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(CliError):
        lay_out(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_taken() -> None:
    before = sorted(PROVIDERS.rglob("*.py"))
    for name in ("kayixin", "base", "wire"):
        with pytest.raises(CliError) as caught:
            lay_out(name)
        assert "exists already" in caught.value.en
    assert sorted(PROVIDERS.rglob("*.py")) == before


def test_no_such_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["connector", "new", "acme", "--into", str(tmp_path / "none")]) == 1
    assert "no such folder" in capsys.readouterr().err
