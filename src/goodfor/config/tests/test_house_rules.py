"""The house rules of docs/architecture.md §7 as failing checks. Each names file and line of what breaks it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = Path(__file__).resolve().parents[2]
ROOT = PACKAGE.parents[1]

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_PROTOCOL_METHODS = 8
#: `reading`: pure functions by which another room reads files and words alike (vault). `claim_states`, `deciding`:
#: what may become of a claim, and whose decision a refund is (orders). `shares`: who gives back how much of a
#: refund; `exports`: the books in the forms of others (ledger).
PUBLIC_PARTS = {
    "types",
    "errors",
    "events",
    "queries",
    "operations",
    "reading",
    "claim_states",
    "deciding",
    "shares",
    "exports",
    "titles",
}
WALLED_ROOMS = {
    "identity",
    "catalog",
    "window",
    "ledger",
    "notify",
    "vault",
    "payments",
    "delivery",
    "orders",
    "recon",
    "invoices",
    "insights",
    "demo",
    "storefront",
    "openapi",
    "console",
}
PURE_FILES = {"types.py", "states.py", "signing.py", "pricing.py", "accounts.py", "schedule.py"}
NETWORK = {"requests", "httpx", "niquests", "aiohttp", "urllib3", "urllib.request", "http.client", "socket"}
IMPURE_IMPORTS = {"random", "secrets", "time", "django.conf", "goodfor.kernel.clock"}
IMPURE_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("os", "environ"),
    ("os", "getenv"),
    ("os", "urandom"),
    ("uuid", "uuid4"),
}
MANAGER_WRITES = {
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "acreate",
    "aupdate",
    "adelete",
}
SAVE_OPTIONS = {"update_fields", "force_insert", "force_update", "using"}
ROW_LOCK = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?(UPDATE|KEY\s+SHARE|SHARE)\b", re.IGNORECASE)
#: Names of machines and folders that mean nothing to a reader. Split, so that this file does not contain them.
LEAKS = ("/wor" + "k/", "/tmp" + "/x", "pypi" + ".org/simple", "--index" + "-url")

Finding = tuple[Path, int, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def report(findings: list[Finding]) -> None:
    """Fail with one `file:line: what` a finding."""
    lines = [f"{path.relative_to(ROOT)}:{line}: {what}" for path, line, what in sorted(findings)]
    assert not lines, "\n" + "\n".join(lines)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Every node of a tree, walked once for all checks."""
    return tuple(ast.walk(tree))


def is_test(path: Path) -> bool:
    """Tests and their fixtures may be longer and look inside."""
    return "tests" in path.parts or path.name == "conftest.py"


def sources(*, tests: bool = False) -> list[Path]:
    """All Python files of the package, without migrations."""
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    return files if tests else [path for path in files if not is_test(path)]


def room_of(path: Path) -> str:
    """The room that a file is in; empty for the package's own files."""
    inside = path.relative_to(PACKAGE).parts
    return inside[0] if len(inside) > 1 else ""


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function in a tree."""
    for node in nodes_of(tree):
        if isinstance(node, Function):
            yield node


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported (`from a import b` gives a and a.b)."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The docstring nodes of a tree."""
    found: set[ast.AST] = set()
    for node in nodes_of(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            found.add(body[0].value)
    return found


# -- size -------------------------------------------------------------------------------------------


def test_files_are_short() -> None:
    """At most 400 lines, SQL included."""
    files = [*sources(), *(path for path in PACKAGE.rglob("*.sql"))]
    counts = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in files)
    report(
        [(path, count, f"{count} lines, at most {MAX_FILE_LINES}") for path, count in counts if count > MAX_FILE_LINES]
    )


def test_functions_are_short() -> None:
    """At most 60 lines from `def` to the end."""
    findings: list[Finding] = []
    for path in sources():
        for node in functions(tree_of(path)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                findings.append((path, node.lineno, f"{node.name} has {length} lines, at most {MAX_FUNCTION_LINES}"))
    report(findings)


def test_protocols_are_small() -> None:
    """At most 8 methods."""
    findings: list[Finding] = []
    for path in sources():
        for node in nodes_of(tree_of(path)):
            if not isinstance(node, ast.ClassDef) or "Protocol" not in {ast.unparse(base) for base in node.bases}:
                continue
            methods = sum(isinstance(item, Function) for item in node.body)
            if methods > MAX_PROTOCOL_METHODS:
                findings.append(
                    (path, node.lineno, f"{node.name} has {methods} methods, at most {MAX_PROTOCOL_METHODS}")
                )
    report(findings)


# -- walls that import-linter does not see ----------------------------------------------------------


def test_rooms_import_only_the_public_parts_of_rooms() -> None:
    """From another room: types, errors, events, queries, operations. Catches modules younger than the contract."""
    findings: list[Finding] = []
    for path in sources():
        if room_of(path) == "config":
            continue
        for line, name in imports_of(tree_of(path)):
            parts = name.split(".")
            if len(parts) < 3 or parts[0] != "goodfor" or parts[1] not in WALLED_ROOMS or parts[1] == room_of(path):
                continue
            # The console's read-only lists are built on models, as Django's are; they never write (their own tests).
            if parts[2] == "models" and room_of(path) == "console" and "lists" in path.parts:
                continue
            if parts[2] not in PUBLIC_PARTS:
                findings.append((path, line, f"{name} is inside of {parts[1]}"))
    report(findings)


def _elses(call: ast.AST) -> bool:
    """A library that is heavy to import, by its literal name: it is on no side of a wall."""
    first = call.args[0] if isinstance(call, ast.Call) and call.args else None
    return isinstance(first, ast.Constant) and not str(first.value).startswith(("goodfor", "."))


def test_nothing_is_imported_by_name_to_get_around_the_walls() -> None:
    """`import_module("goodfor...")` only in config (wiring) and cli (start-up time)."""
    findings: list[Finding] = []
    for path in sources():
        if room_of(path) in ("config", "cli"):
            continue
        for node in nodes_of(tree_of(path)):
            named = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                "import_module", "__import__",
            )  # fmt: skip
            if named and not _elses(node):
                findings.append((path, node.lineno, "a module imported by name"))
    report(findings)


# -- writes and locks -------------------------------------------------------------------------------


def _chain(node: ast.expr) -> Iterator[ast.expr]:
    """a.b().c -> the nodes from the outermost to the root."""
    while True:
        yield node
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return


def _on_manager(node: ast.expr, querysets: set[str]) -> bool:
    chain = list(_chain(node))
    if any(isinstance(part, ast.Attribute) and part.attr in ("objects", "_base_manager") for part in chain):
        return True
    return isinstance(chain[-1], ast.Name) and chain[-1].id in querysets


def _querysets(tree: ast.AST) -> set[str]:
    """Names that were given a chain from a manager."""
    return {
        target.id
        for node in nodes_of(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _on_manager(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
        # What these return are rows and plain values, not querysets.
        and not (
            isinstance(node.value.func, ast.Attribute) and node.value.func.attr in ("get", "first", "last", "count")
        )
    }


def test_models_are_written_only_in_operations() -> None:
    """`.objects... .create/.update/.delete` and `.save()` of a model."""
    findings: list[Finding] = []
    for path in sources():
        if "operations" in path.parts or room_of(path) == "sandbox":
            continue
        tree = tree_of(path)
        querysets = _querysets(tree)
        for node in nodes_of(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name = node.func.attr
            keywords = {keyword.arg for keyword in node.keywords}
            saves = name in ("save", "asave") and not node.args and keywords <= SAVE_OPTIONS
            if saves or (name in MANAGER_WRITES and _on_manager(node.func.value, querysets)):
                findings.append((path, node.lineno, f".{name}() of a model outside operations/"))
    report(findings)


def test_rows_are_locked_only_in_locks_and_sql() -> None:
    """`select_for_update` and FOR UPDATE in locks.py or sql/."""
    findings: list[Finding] = []
    for path in sources():
        if path.name == "locks.py" or room_of(path) == "sandbox":
            continue
        tree = tree_of(path)
        skipped = docstrings(tree)
        for node in nodes_of(tree):
            if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
                findings.append((path, node.lineno, "select_for_update outside locks.py"))
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in skipped
                and ROW_LOCK.search(node.value)
            ):
                findings.append((path, node.lineno, "FOR UPDATE outside locks.py and sql/"))
    report(findings)


# -- the outside world ------------------------------------------------------------------------------


def test_only_providers_and_tools_talk_to_the_network() -> None:
    """HTTP clients and sockets: providers/, the kernel's way out, the command line, the stand-ins."""
    findings: list[Finding] = []
    for path in sources():
        if room_of(path) in ("cli", "sandbox") or {"providers", "outbound"} & set(path.parts):
            continue
        for line, name in imports_of(tree_of(path)):
            if name in NETWORK or name.split(".")[0] in NETWORK or name == "urllib":
                findings.append((path, line, f"{name} outside providers/"))
    report(findings)


def test_pure_modules_are_pure() -> None:
    """No clock, random, environment or settings: all of that comes in as parameters."""
    findings: list[Finding] = []
    for path in sources():
        if path.name not in PURE_FILES and "parsing" not in path.parts:
            continue
        tree = tree_of(path)
        findings += [(path, line, f"imports {name}") for line, name in imports_of(tree) if name in IMPURE_IMPORTS]
        for node in nodes_of(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in IMPURE_CALLS:
                    findings.append((path, node.lineno, f"{node.value.id}.{node.attr} in a pure module"))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("utc_now", "uuid4", "uuid7", "getenv"):
                findings.append((path, node.lineno, f"{ast.unparse(node.func)}() in a pure module"))
    report(findings)


# -- words ------------------------------------------------------------------------------------------


def test_public_things_have_docstrings() -> None:
    """Every public class and function of a module. `Meta`, overloads and methods of a private class are not public."""
    findings: list[Finding] = []
    for path in sources():
        for node in tree_of(path).body:
            if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
                continue
            if any("overload" in ast.unparse(item) for item in node.decorator_list):
                continue
            if ast.get_docstring(node) is None:
                findings.append((path, node.lineno, f"{node.name} has no docstring"))
    report(findings)


def _tracked() -> list[Path]:
    """Files under version control; without git, all files of the package and the documents."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    if listed:
        return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for top in ("src", "docs", "scripts") for path in (ROOT / top).rglob("*") if path.is_file()]


def test_no_names_of_somebodys_machine() -> None:
    """Paths of a workplace, index addresses."""
    findings: list[Finding] = []
    for path in _tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        findings += [
            (path, number, f"contains {leak}") for number, line in enumerate(lines, 1) for leak in LEAKS if leak in line
        ]
    report(findings)


# -- what goes with the code ------------------------------------------------------------------------


def test_every_decision_has_its_three_parts() -> None:
    """docs/adr: numbered without a gap; context, decision, consequences."""
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    parts = ("## Context", "## Decision", "## Consequences")
    report(
        [
            (path, 1, f"lacks {part}")
            for path in records
            for part in parts
            if part not in path.read_text(encoding="utf-8")
        ]
    )


@pytest.mark.django_db
def test_migrations_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    """Models and migrations say the same."""
    try:
        call_command("makemigrations", "--check", "--dry-run")
    except SystemExit:
        pytest.fail(f"run makemigrations:\n{capsys.readouterr().out}")


@pytest.mark.parametrize(("lock", "extra"), [("requirements.lock", None), ("requirements-dev.lock", "dev")])
def test_locks_cover_what_we_name(lock: str, extra: str | None) -> None:
    """Every dependency is pinned, with a hash, in a version that pyproject allows, and no index is named."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    named = re.findall(r"^.*(?:--(?:extra-)?index-url|--find-links|--trusted-host|https?://).*$", text, re.MULTILINE)
    assert not named, f"{lock} names an address: {named[:3]}"
    pins: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", block)
        if pin:
            assert "--hash=sha256:" in block, f"{lock}: {pin[1]} has no hash"
            pins.setdefault(canonicalize_name(pin[1]), set()).add(pin[2])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, project["optional-dependencies"][extra] if extra else project["dependencies"])
    for requirement in wanted:
        versions = pins.get(canonicalize_name(requirement.name), set())
        assert versions, f"{lock} does not pin {requirement.name}"
        refused = [version for version in versions if not requirement.specifier.contains(version)]
        assert not refused, f"{lock} pins {requirement.name} {refused}, pyproject asks for {requirement.specifier}"


def test_one_lock_holds_the_other() -> None:
    """The launcher installs the lock with the test tools alone where both are wanted."""
    base, both = ((ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock"))
    pins = r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+(?: ; [^\\\n]*)?"
    missing = {pin.strip() for pin in re.findall(pins, base, re.MULTILINE)}
    missing -= {pin.strip() for pin in re.findall(pins, both, re.MULTILINE)}
    assert not missing


def _run(*command: str) -> None:
    # Code imports from src, as with ./goodfor; settings without the state of the running test.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{(done.stdout + done.stderr)[-6000:]}"


def test_messages_are_compiled() -> None:
    """The .mo files belong to the .po files, and nothing is untranslated."""
    _run("scripts/compile_messages.py", "--check")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("-m", "ruff", "check", "--no-cache", "--output-format=concise", "."), id="ruff-check"),
        pytest.param(("-m", "ruff", "format", "--no-cache", "--check", "."), id="ruff-format"),
        pytest.param(("-m", "mypy", "src/goodfor"), id="mypy"),
        pytest.param(
            ("-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"), id="lint-imports"
        ),
    ],
)
def test_tools_find_nothing(command: tuple[str, ...]) -> None:
    """ruff, mypy --strict and import-linter, as configured in pyproject.toml."""
    _run(*command)


# -- the checks themselves --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        (test_files_are_short, "catalog/x.py", "\n" * 401),
        (test_functions_are_short, "catalog/x.py", "def f():\n" + "    pass\n" * 60),
        (
            test_protocols_are_small,
            "catalog/x.py",
            "class P(Protocol):\n" + "".join(f"    def m{i}(self): ...\n" for i in range(9)),
        ),
        (test_rooms_import_only_the_public_parts_of_rooms, "catalog/x.py", "from goodfor.vault.models import Code\n"),
        (test_rooms_import_only_the_public_parts_of_rooms, "orders/x.py", "from goodfor.vault import brand_new\n"),
        (test_nothing_is_imported_by_name_to_get_around_the_walls, "orders/x.py", "import_module('goodfor.vault')\n"),
        (test_models_are_written_only_in_operations, "catalog/x.py", "X.objects.filter(a=1).update(b=2)\n"),
        (test_models_are_written_only_in_operations, "catalog/x.py", "rows = X.objects.filter(a=1)\nrows.delete()\n"),
        (test_models_are_written_only_in_operations, "catalog/x.py", "row.save(update_fields=['a'])\n"),
        (test_rows_are_locked_only_in_locks_and_sql, "catalog/x.py", "X.objects.select_for_update()\n"),
        (test_rows_are_locked_only_in_locks_and_sql, "catalog/x.py", "sql = 'SELECT 1 FROM t for  update'\n"),
        (test_only_providers_and_tools_talk_to_the_network, "orders/x.py", "from urllib.request import urlopen\n"),
        (test_pure_modules_are_pure, "catalog/types.py", "now = datetime.now(UTC)\n"),
        (test_pure_modules_are_pure, "vault/parsing/x.py", "from goodfor.kernel.clock import utc_now\n"),
        (test_public_things_have_docstrings, "catalog/x.py", "def f(): ...\n"),
    ],
)
def test_checks_bite(
    check: Callable[[], None], name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check finds a planted breach and names its file."""
    _plant(tmp_path, monkeypatch, name, text)
    with pytest.raises(AssertionError, match=re.escape(name)):
        check()


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        (
            test_models_are_written_only_in_operations,
            "catalog/x.py",
            "digest.update(b'')\nseen = {}\nseen.update(a=1)\n",
        ),
        (test_models_are_written_only_in_operations, "catalog/x.py", "image.save(buffer, 'WEBP')\n"),
        (test_models_are_written_only_in_operations, "catalog/operations/x.py", "X.objects.create(a=1)\n"),
        (test_rows_are_locked_only_in_locks_and_sql, "catalog/x.py", '"""Takes no FOR UPDATE."""\n'),
        (test_only_providers_and_tools_talk_to_the_network, "orders/x.py", "from urllib.parse import quote\n"),
        (
            test_rooms_import_only_the_public_parts_of_rooms,
            "orders/x.py",
            "from goodfor.vault.operations import take\n",
        ),
    ],
)
def test_checks_let_pass(
    check: Callable[[], None], name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks alike and is allowed."""
    _plant(tmp_path, monkeypatch, name, text)
    check()


def _plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    # Not under the name of the test: a folder called test... is not `tests`.
    package = tmp_path / "src" / "goodfor"
    planted = package / name
    planted.parent.mkdir(parents=True)
    planted.write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", package)
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
