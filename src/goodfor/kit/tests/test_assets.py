"""The committed stylesheets and scripts are those that assets/ gives; the tool itself; what they weigh."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[4]
STATIC = ROOT / "src" / "goodfor" / "kit" / "static" / "kit"
#: Bytes before compression. A buyer's page may weigh 150 KB in all.
BUDGETS = {"kit.css": 48_000, "console.css": 72_000, "kit.js": 8_000, "console.js": 16_000, "icons.svg": 16_000}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_assets", ROOT / "scripts" / "build_assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_built_files_are_current(tool: ModuleType) -> None:
    assert not tool.faults(), "run python scripts/build_assets.py\n" + "\n".join(tool.faults())


def test_a_change_and_a_new_class_make_them_stale(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "used", lambda sheet: {"never-built-before"} if sheet == "kit" else set())
    assert [fault for fault in tool.faults() if "never-built-before" in fault]
    manifest = json.loads(tool.MANIFEST.read_text(encoding="utf-8"))
    manifest["outputs"]["src/goodfor/kit/static/kit/kit.css"] = "0" * 64
    del manifest["sources"]["assets/css/kit.css"]
    other = tmp_path / "manifest.json"
    other.write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setattr(tool, "MANIFEST", other)
    found = tool.faults()
    assert "src/goodfor/kit/static/kit/kit.css is changed since the last build" in found
    assert "assets/css/kit.css is new since the last build" in found


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ('<p class="a b-c">', {"a", "b-c"}),
        ("<p class='a{% if x == \"y\" %} b{% endif %} c-{{ d }} e'>", {"a", "b", "e"}),
        ('{# <p class="no"> #}<p data-class="no" class="md:w-1/2 -mt-2">', {"md:w-1/2", "-mt-2"}),
        ("format_html('<i class=\"badge badge-{}\">{}</i>')", {"badge"}),
        ('<c-button class="w-full" tone="main">', {"w-full"}),
    ],
)
def test_classes_are_read_from_templates(tool: ModuleType, text: str, classes: set[str]) -> None:
    assert tool.classes_in(text) == classes


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "assets" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    named = json.loads((ROOT / "assets" / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(version[0].isdigit() for version in named.values()), "pin exactly"


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_weight(name: str, most: int) -> None:
    assert (STATIC / name).stat().st_size <= most


def test_scripts_need_no_eval_and_stylesheets_no_other_host() -> None:
    for name in ("kit.js", "console.js"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert "eval(" not in text
        assert "new Function" not in text
    for name in ("kit.css", "console.css"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "@import" not in text


def test_what_we_carry_along_is_named_with_its_terms() -> None:
    notice = (STATIC / "NOTICE.txt").read_text(encoding="utf-8")
    for name in ("htmx.org", "@alpinejs/csp", "echarts", "zrender", "tslib", "tailwindcss", "daisyui"):
        assert f"\n{name} " in notice
