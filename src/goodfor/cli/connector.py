"""Lay out the folder of a new connector: every part there, refusing, and a test that waits for a vector."""

import keyword
import re
from pathlib import Path
from typing import Final

from goodfor.cli.errors import CliError

TEMPLATES: Final = Path(__file__).parent / "connector_files"
PROVIDERS: Final = Path(__file__).parents[1] / "supply" / "providers"
NEXT: Final = (
    "下一步：在 tests/test_vectors.py 写入供应商给的签名向量，再写 signing.py 使它通过"
    " / next: a vector of the vendor's into tests/test_vectors.py, then signing.py until it passes"
)
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_IMPORTS: Final = re.compile(r"(?:^from goodfor\..*\n)+", re.MULTILINE)
_SUFFIX: Final = ".txt"
MAX_NAME: Final = 24


def lay_out(name: str, folder: Path | None = None) -> list[Path]:
    """Write `folder/name/...`; returns the files. Raises CliError for a bad name, or one that is taken."""
    home = PROVIDERS if folder is None else folder
    if not _NAME.fullmatch(name) or not 2 <= len(name) <= MAX_NAME or keyword.iskeyword(name) or name == "tests":
        raise CliError(
            f"连接器名 {name[:40]!r} 不能用：2 到 {MAX_NAME} 个小写字母、数字，中间可有下划线，以字母开头",
            f"not a name for a connector: 2 to {MAX_NAME} small letters, digits, single underscores, a letter first",
        )
    if not home.is_dir():
        raise CliError(f"没有目录 {home}", f"no such folder: {home}")
    target = home / name
    if target.exists() or (home / f"{name}.py").exists():
        raise CliError(f"{name} 已经有了，请换个名字", f"{name} exists already, take another name")
    made = []
    for template in sorted(TEMPLATES.rglob(f"*{_SUFFIX}")):
        path = target / template.relative_to(TEMPLATES).with_suffix("")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template.read_text(encoding="utf-8"), name), encoding="utf-8")
        made.append(path)
    return made


def _filled(text: str, name: str) -> str:
    """`acme_v2` for the folder, `AcmeV2` before the names of classes; imports in the order that the name asks for."""
    text = text.replace("%name%", name).replace("%Name%", "".join(part.capitalize() for part in name.split("_")))
    return _IMPORTS.sub(lambda run: "".join(sorted(run[0].splitlines(keepends=True), key=_module)), text)


def _module(line: str) -> str:
    return line.split()[1]
