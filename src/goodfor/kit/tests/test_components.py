"""Components: what they pass on is escaped, forms are tied to their words, names exist."""

import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.library import import_library
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from goodfor.kit.icons import icon_names
from goodfor.kit.templatetags.kit import page_numbers

PACKAGE = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((PACKAGE / "kit" / "templates" / "cotton").glob("*.html"))
ICON = re.compile(r"""{% icon ["']([\w-]+)["']|<c-(?:button|alert|empty|stat)\b[^>]*?\sicon="([\w-]+)\"""")


def render(source: str, path: str = "/", cookies: dict[str, str] | None = None, **context: object) -> str:
    """A template from a string, as files are compiled."""
    compiler = CottonCompiler()
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies or {})
    template = engines["django"].from_string(compiler.process("{% load kit %}" + source))
    return template.render(context, request)


@pytest.mark.parametrize(
    "value", ['" onmouseover="alert(1)', '" onmouseover=alert(1) x="', "' onmouseover='alert(1)", "a\"b'c", "<b>&"]
)
def test_what_is_passed_on_stays_one_attribute(value: str) -> None:
    html = render('<c-button type="button" :data-x="value">OK</c-button>', value=value)
    button = re.search(r"<button[^>]*>", html)
    assert button is not None
    assert "onmouseover=" not in re.sub(r'data-x="[^"]*"', "", button[0])
    assert button[0].count("data-x=") == 1


def test_attributes_of_templates_with_quotes_inside_stay_whole() -> None:
    html = render("""<c-button type="button" hx-vals='{"id": "{{ id }}"}' disabled>OK</c-button>""", id="<7>")
    assert 'hx-vals="{&quot;id&quot;: &quot;&lt;7&gt;&quot;}"' in html
    assert re.search(r"\sdisabled[\s>]", html)


def test_no_component_trusts_what_it_passes_on() -> None:
    bare = [path.name for path in COMPONENTS if re.search(r"{{\s*attrs\s*}}", path.read_text(encoding="utf-8"))]
    assert not bare


def test_a_component_sees_only_what_it_is_given() -> None:
    assert "secret" not in render("<c-field name='a' label='A' />", value="secret", error="secret")


class Form(forms.Form):
    """Fields of several kinds."""

    name = forms.CharField(label="Name", help_text="As on the card")
    agree = forms.BooleanField(label="Agree")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)


def test_a_form_field_is_tied_to_label_hint_and_error() -> None:
    form = Form({"name": ""})
    html = render(
        '<c-field :field="form.name" /><c-field :field="form.agree" /><c-field :field="form.kind" />', form=form
    )
    assert '<label for="id_name">' in html
    for identity in ("id_name_helptext", "id_name_error", "id_agree_error", "id_kind_error"):
        assert f'id="{identity}"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert html.count('aria-invalid="true"') >= 2
    assert "<fieldset" in html
    assert html.count('type="radio"') == 2


def test_a_plain_field_is_tied_too() -> None:
    html = render('<c-field name="price" label="Price" hint="With tax" error="Too high" />')
    assert '<label for="price">' in html
    assert 'aria-describedby="price-hint price-bad"' in html
    assert 'id="price-hint"' in html
    assert 'id="price-bad"' in html


def test_the_address_keeps_its_filters() -> None:
    html = render('<c-pagination :page="2" :pages="3" :total="44" size="20" />', path="/x?q=a%26b&page=2")
    assert 'href="?q=a%26b&amp;page=3"' in html
    assert '<input type="hidden" name="q" value="a&amp;b">' in html
    assert 'aria-current="page">2<' in html


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 5, [1, 2, 3, 4, 5]),
        (7, 642, [1, None, 5, 6, 7, 8, 9, None, 642]),
        (4, 6, [1, 2, 3, 4, 5, 6]),
        (642, 642, [1, None, 640, 641, 642]),
    ],
)
def test_pages_to_link(page: int, pages: int, shown: list[int | None]) -> None:
    assert [link["number"] for link in page_numbers(page, pages)] == shown


@pytest.mark.parametrize(("cookie", "written"), [("dark", ' data-theme="dark"'), ("", ""), ('x" onload="y', "")])
def test_the_chosen_theme_is_one_of_two(cookie: str, written: str) -> None:
    assert render("<html{% theme %}>", cookies={"gf_theme": cookie}) == f"<html{written}>"


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    asked: dict[str, str] = {}
    for path in PACKAGE.rglob("templates/**/*.html"):
        for match in ICON.finditer(path.read_text(encoding="utf-8")):
            asked[match[1] or match[2]] = path.name
    assert len(asked) > 20
    assert not {name: where for name, where in asked.items() if name not in icon_names()}
    assert len(icon_names()) == len(set(icon_names())) >= 40


def test_dynamic_attributes_use_only_filters_of_django() -> None:
    """cotton reads them in a template of their own, without our libraries: such a value would silently be empty."""
    libraries = engines["django"].engine.libraries.values()
    ours = {name for path in libraries if path.startswith("goodfor.") for name in import_library(path).filters}
    assert {"money", "thousands"} <= ours
    dynamic = re.compile(rf' :[a-z_-]+="[^"]*\|(?:{"|".join(ours)})\b[^"]*"')
    found = [
        f"{path.name}: {match[0]}"
        for path in PACKAGE.rglob("*.html")
        for match in dynamic.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
