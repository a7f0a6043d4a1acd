"""Build the committed stylesheets and scripts of the kit from assets/, or check that they are current.

    python scripts/build_assets.py             build all (needs node and npm; installs from the lock on first use)
    python scripts/build_assets.py --check     exit 1 when something is stale; needs nothing but Python

What is built depends on assets/ alone: Tailwind reads the classes that pages use from assets/classes/*.txt, which the
build writes from the templates. So a template goes stale only when it uses a class that was not built yet. Sizes and
hashes of all inputs and outputs stand in src/goodfor/kit/static/kit/manifest.json.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"
PACKAGE = ROOT / "src" / "goodfor"
STATIC = PACKAGE / "kit" / "static" / "kit"
MANIFEST = STATIC / "manifest.json"

#: Stylesheet -> rooms whose pages load it; all others, with the components and the living page, load the console's.
KIT_ROOMS = ("storefront", "kit/templates/cotton", "kit/templatetags")
CONSOLE_ROOMS = ("console", "kit", "notify", "identity", "config")
#: Components that buyers' pages do without; what they use of daisyUI would weigh on every phone.
WORKPLACE_ONLY = {"busy.html", "hint.html"}
SHEETS = {"kit": KIT_ROOMS, "console": CONSOLE_ROOMS}

_CLASS = re.compile(r"""(?<![\w.-])class=(?:"([^"]*)"|'([^']*)')""")
_COMMENT = re.compile(r"{#.*?#}|{% comment .*?endcomment %}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"{%.*?%}", re.DOTALL)
_VALUE = re.compile(r"{{.*?}}|{[a-z_0-9]*}", re.DOTALL)
_NAME = re.compile(r"[a-z!-][\w:./\[\]()%,#!>&*-]*")
_HOLE = "\0"


def classes_in(text: str) -> set[str]:
    """The class names that a template (or HTML in a Python string) writes out in full."""
    text = _VALUE.sub(_HOLE, _TAG.sub(" ", _COMMENT.sub(" ", text)))
    found: set[str] = set()
    for match in _CLASS.finditer(text):
        words = (match[1] or match[2] or "").split()
        found |= {word for word in words if _HOLE not in word and _NAME.fullmatch(word)}
    return found


def pages(rooms: tuple[str, ...]) -> Iterator[Path]:
    """The files of these rooms that may name a class."""
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*")):
            inside = path.relative_to(PACKAGE).parts
            if "tests" in inside or path.suffix not in (".html", ".py"):
                continue
            if path.suffix == ".html" or "templatetags" in inside:
                yield path


def used(sheet: str) -> set[str]:
    """Every class that the pages of a stylesheet use."""
    found: set[str] = set()
    for path in pages(SHEETS[sheet]):
        if sheet == "kit" and path.name in WORKPLACE_ONLY:
            continue
        found |= classes_in(path.read_text(encoding="utf-8"))
    return found


def class_list(sheet: str) -> Path:
    """Where the built classes of a stylesheet are listed."""
    return ASSETS / "classes" / f"{sheet}.txt"


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources() -> list[Path]:
    """Everything under assets/ that the build reads."""
    files = [ASSETS / name for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs")]
    files += [path for folder in ("css", "js", "classes") for path in sorted((ASSETS / folder).rglob("*"))]
    return [path for path in files if path.is_file()]


def outputs() -> list[Path]:
    """Everything that the build writes."""
    built = [STATIC / f"{sheet}.css" for sheet in SHEETS] + sorted(STATIC.glob("*.js")) + [STATIC / "NOTICE.txt"]
    return [path for path in (*built, *sorted((STATIC / "vendor").rglob("*"))) if path.is_file()]


def record(paths: list[Path]) -> dict[str, str]:
    """Path from the root -> hash."""
    return {str(path.relative_to(ROOT)): digest(path) for path in paths}


def faults() -> list[str]:
    """What is stale, one line each; empty when all is current."""
    if not MANIFEST.exists():
        return ["no manifest: nothing was built yet"]
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    found: list[str] = []
    for what, now in (("sources", record(sources())), ("outputs", record(outputs()))):
        then = manifest[what]
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                word = "gone" if name not in now else "new" if name not in then else "changed"
                found.append(f"{name} is {word} since the last build")
    for sheet in SHEETS:
        listed = set(class_list(sheet).read_text(encoding="utf-8").split())
        found += [f"{sheet}.css was built without the class {name!r}" for name in sorted(used(sheet) - listed)]
    if '"resolved"' in (ASSETS / "package-lock.json").read_text(encoding="utf-8"):
        found.append("assets/package-lock.json names the address of a registry")
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=ASSETS, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed")


def build() -> None:
    """Write class lists, stylesheets, scripts, vendored files and the manifest."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise SystemExit("building the assets needs node 20 or later with npm; pages themselves do not")
    if not (ASSETS / "node_modules" / "@tailwindcss" / "cli").exists():
        _run(npm, "ci", "--no-audit", "--no-fund")
    for sheet in SHEETS:
        class_list(sheet).parent.mkdir(exist_ok=True)
        class_list(sheet).write_text("\n".join(sorted(used(sheet))) + "\n", encoding="utf-8")
    STATIC.mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS:
        target = str(STATIC / f"{sheet}.css")
        _run(node, "node_modules/@tailwindcss/cli/dist/index.mjs", "-i", f"css/{sheet}.css", "-o", target, "--minify")
    _run(node, "build.mjs", str(STATIC))
    manifest = {"sources": record(sources()), "outputs": record(outputs())}
    MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for path in outputs():
        sys.stdout.write(f"{path.stat().st_size:>8}  {path.relative_to(STATIC)}\n")


def main(arguments: list[str] | None = None) -> int:
    """Build or check; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Build the kit's stylesheets and scripts, or check them.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is stale")
    if not parser.parse_args(arguments).check:
        build()
        return 0
    found = faults()
    for fault in found:
        sys.stderr.write(f"{fault}: run python scripts/build_assets.py\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
