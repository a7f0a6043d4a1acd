"""Finds the messages that code and templates ask gettext for."""

import ast
import re
from pathlib import Path

from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
#: A text as `templatize` writes it.
TEXT = r"""\"\"\".*?\"\"\"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""""
CJK = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")


def in_python(path: Path) -> set[str]:
    """String literals given to gettext functions in a module, by their key: context, the byte 4, message."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            # With two arguments the first is the context of the second (pgettext).
            with_context = len(node.args) == 2 and (name == "_" or name.startswith("pgettext"))
            first = node.args[1] if with_context else (node.args[0] if node.args else None)
            if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(_keyed(node.args[0] if with_context else None, first.value))
    return found


def _keyed(context: ast.expr | None, message: str) -> str:
    return f"{context.value}\x04{message}" if isinstance(context, ast.Constant) else message


def in_template(path: Path) -> set[str]:
    """Messages of translate and blocktranslate tags, as Django's own extraction sees them, by their key."""
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    found: set[str] = set()
    for match in re.finditer(rf"\bn?p?gettext\(u?({TEXT})(?:, *u?({TEXT}))?", code, re.S):
        first, second = (ast.literal_eval(part) if part else "" for part in match.groups())
        found.add(f"{first}\x04{second}" if "pgettext(" in match[0] else first)
    return found


def all_messages(room: str = "") -> dict[str, str]:
    """Every message of a room (or of the whole package) with the file that has it first; tests are left out."""
    root = PACKAGE / room if room else PACKAGE
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        if "tests" in path.parts or "migrations" in path.parts or path.suffix not in (".py", ".html", ".txt"):
            continue
        messages = in_python(path) if path.suffix == ".py" else in_template(path)
        for message in messages:
            found.setdefault(message, str(path.relative_to(PACKAGE)))
    return found
