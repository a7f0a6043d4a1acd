"""Where codes come out in the open: each place says by what it is judged, and a new one fails until it does.

The faces that buyers and programs use are held against the engine in `test_judged_everywhere`; the staff's here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import goodfor
from goodfor.console.views import code_export, code_find, work
from goodfor.console.views.claims import picture

ROOT: Final = Path(goodfor.__file__).parent
#: What turns a sealed code into text, and what hands out such texts: by whom each is called, and why that is right.
OPENED: Final[dict[str, dict[str, str]]] = {
    "split_plaintext": {
        "vault/importing/sealing.py": "itself",
        "vault/operations/export_codes.py": "see below",
        "vault/operations/mask_codes.py": "two characters at each end",
        "vault/operations/plant_codes.py": "keyed hashes",
        "vault/operations/reveal.py": "see below",
    },
    "export_codes": {
        "vault/operations/__init__.py": "passes it on",
        "vault/operations/export_codes.py": "itself",
        "console/operations/take_export.py": "what two agreed to; `code_export` judges",
        "console/views/campaigns/coupons.py": "the face of the next one; two people, once, after a fresh proof",
        "cards/operations/export_codes.py": "its own: codes of cards, which two agreed to, once",
        "console/views/cards/batches.py": "the face of that; two people, once, after a fresh proof",
        "promotions/operations/export_coupons.py": "its own: codes of coupons, which two agreed to, once",
    },
    "reveal_codes": {
        "orders/operations/__init__.py": "passes it on",
        "orders/operations/reveal_codes.py": "itself",
        "openapi/routers/codes.py": "judged",
        "storefront/views/orders.py": "judged",
        "storefront/personal_data.py": "judged by `account_data`",
        "config/messages.py": "to the buyer's own contact, where the shop wants it so",
    },
}


def names_of(file: Path) -> Iterator[str]:
    """All names that a file speaks of."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def test_codes_come_out_where_it_is_said_and_nowhere_else() -> None:
    found: dict[str, set[str]] = {name: set() for name in OPENED}
    for file in ROOT.rglob("*.py"):
        where = file.relative_to(ROOT).as_posix()
        if "/tests/" in where or "/migrations/" in where:
            continue
        if where.startswith("cli/"):
            # Measurements and made-up months, by whoever holds the machine.
            continue
        for name in OPENED.keys() & set(names_of(file)):
            found[name].add(where)
    assert found == {name: set(places) for name, places in OPENED.items()}


def test_what_the_staff_are_shown_is_judged() -> None:
    """The pages that show or hand out codes, pictures of them and files ask `console.judging`, and nobody else does."""
    asking = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "console").rglob("*.py")
        if "/tests/" not in file.as_posix() and "judge" in set(names_of(file)) and file.name != "judging.py"
    }
    mine = {
        Path(str(module.__file__)).relative_to(ROOT).as_posix() for module in (code_export, code_find, work, picture)
    }
    assert asking == mine
