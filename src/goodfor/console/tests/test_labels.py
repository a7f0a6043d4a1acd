"""Labels, never keys: whatever the code writes into the audit trail or runs in the background has words."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from django.utils import translation

from goodfor.console import audit_words, job_words
from goodfor.console.columns import Text
from goodfor.console.listing.cells import labelled
from goodfor.kernel import events, loops
from goodfor.kernel.jobs import app

SRC = Path(audit_words.__file__).parents[1]
#: What a name stands for where the code alone does not tell: it comes from a table row or from another module.
FAMILIES = {
    "demo/operations/start_run.py": {"demo.fill_started", "demo.empty_started"},
    "demo/operations/do_step.py": {"demo.fill_done", "demo.empty_done"},
    "mall/operations/set_draw.py": {"mall_draw_made", "mall_draw_changed", "mall_draw_on", "mall_draw_off"},
    "mall/operations/set_reward.py": {
        "mall_reward_made", "mall_reward_changed", "mall_reward_on", "mall_reward_off",
    },
    "recon/operations/work_case.py": {
        "recon.case_assigned", "recon.case_explained", "recon.case_corrected", "recon.case_closed",
    },
    "risk/operations/rule_steps.py": {
        "risk_change_asked", "risk_change_approved", "risk_change_refused", "risk_change_withdrawn", "risk_rule_set",
    },
    "subscriptions/operations/set_plan.py": {
        "subscriptions_plan_made", "subscriptions_plan_changed", "subscriptions_plan_on_sale",
        "subscriptions_plan_off_sale",
    },
    "risk/operations/model_steps.py": {"risk_model_shadow", "risk_model_champion", "risk_model_retired"},
    "welfare/operations/steps.py": {
        "welfare.company_made", "welfare.company_set", "welfare.employees_left", "welfare.employees_listed",
        "welfare.grant_agreed", "welfare.invoice_declined", "welfare.invoice_written", "welfare.person_added",
        "welfare.person_removed", "welfare.prepaid", "welfare.rule_made", "welfare.rule_switched",
    },
}  # fmt: skip
Function = ast.FunctionDef | ast.Module


class Unclear(Exception):
    """The code alone does not tell the value."""


@cache
def modules() -> dict[str, ast.Module]:
    paths = [path for path in SRC.rglob("*.py") if not {"tests", "migrations", "sandbox"} & set(path.parts)]
    return {path.relative_to(SRC).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def calls(tree: ast.AST) -> dict[str, list[ast.Call]]:
    """By the name that is called."""
    found: dict[str, list[ast.Call]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            found.setdefault(str(name), []).append(node)
    return found


def records(tree: ast.Module) -> Iterator[tuple[Function, dict[str, ast.expr]]]:
    """Each `record(... action=...)` with the function around it."""
    if "record" not in calls(tree):
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for call in calls(tree).get("record", ()):
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if {"action", "subject"} <= given.keys():
            around = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
            yield (max(around, key=lambda f: f.lineno) if around else tree), given


def values(expr: ast.expr, around: Function, tree: ast.Module) -> set[str]:
    """All texts that an expression can be: constants, either branch, parts of f-strings, local names, parameters."""
    match expr:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=other):
            return values(body, around, tree) | values(other, around, tree)
        case ast.JoinedStr(values=parts):
            each = [values(p.value if isinstance(p, ast.FormattedValue) else p, around, tree) for p in parts]
            return {"".join(texts) for texts in product(*each)}
        case ast.Tuple(elts=[first, *_rest]):
            return values(first, around, tree)
        case ast.Name(id=name):
            assigned = list(assignments(around, name))
            if assigned:
                return set().union(*(values(one, around, tree) for one in assigned))
            return passed(name, around, tree)
    raise Unclear(ast.unparse(expr))


def assignments(around: Function, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(around):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if named and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield node.value


def passed(name: str, around: Function, tree: ast.Module) -> set[str]:
    """What callers give for a parameter; a name with an underscore is called in its own module only."""
    if not isinstance(around, ast.FunctionDef):
        raise Unclear(name)
    places = [arg.arg for arg in around.args.args]
    named = {*places, *(arg.arg for arg in around.args.kwonlyargs)}
    found: set[str] = set()
    for module in [tree] if around.name.startswith("_") else modules().values():
        for call in calls(module).get(around.name, ()):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            given |= dict(zip(places, call.args, strict=False))
            if name in named and name in given:
                found |= values(given[name], ast.Module([], []), module)
    if not found:
        raise Unclear(name)
    return found


def written(part: str, families: dict[str, set[str]]) -> dict[str, set[str]]:
    """What each module writes down; what is unclear must stand in the table, and nothing else may."""
    found: dict[str, set[str]] = {}
    unclear: dict[str, str] = {}
    for path, tree in modules().items():
        for around, given in records(tree):
            try:
                found.setdefault(path, set()).update(values(given[part], around, tree))
            except Unclear as error:
                unclear[path] = str(error)
    assert unclear.keys() == families.keys(), f"tell what these can be, in this test's table: {unclear}"
    return found | families


def test_every_action_has_words() -> None:
    found = written("action", FAMILIES)
    every = set().union(*found.values())
    # The walk sees all forms there are: literal, either-or, f-string, parameter in this module and in others.
    assert {
        "product_created", "put_on_sale", "identity.buyer_contact_removed", "console.totp_added",
        "console.signed_in_by_passkey", "vault.codes_quarantined", "identity.buyer_signed_up",
    } <= every  # fmt: skip
    assert len(every) > 100
    assert every - audit_words.ACTIONS.keys() == set(), "give them words in audit_words.py"
    assert audit_words.ACTIONS.keys() - every == set(), "nobody writes these"


def test_every_kind_of_subject_has_words() -> None:
    every = set().union(*written("subject", {}).values())
    assert every - audit_words.SUBJECTS.keys() == set()
    assert audit_words.SUBJECTS.keys() - every == set()


def test_what_the_filter_asks_for_is_one_action_or_one_whole_area() -> None:
    """The trail is searched by how actions begin."""
    keys = list(audit_words.ACTIONS)
    assert len(keys) == sum(len(area.actions) for area in audit_words.AREAS), "an action stands in one area"
    for key in keys:
        assert [other for other in keys if other.startswith(key)] == [key]
    for area in audit_words.AREAS:
        if area.prefix:
            assert {key for key in keys if key.startswith(area.prefix)} == set(area.actions)


def test_all_that_runs_in_the_background_has_words() -> None:
    assert loops.REGISTRY.keys() == job_words.DUTIES.keys()
    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate.", "test."))}
    assert {"console.expire_exports"} <= ours == job_words.JOBS.keys()
    assert {app.tasks[name].queue for name in ours} <= job_words.QUEUES.keys()
    heard = events.handled_names()
    assert set(heard) <= job_words.EVENTS.keys()
    assert {name for event in heard for name in events.handlers_of(event)} == job_words.HANDLERS.keys()


@pytest.mark.parametrize(
    "words",
    [audit_words.ACTIONS, audit_words.SUBJECTS, {str(area.title): area.title for area in audit_words.AREAS},
     job_words.DUTIES, job_words.JOBS, job_words.QUEUES, job_words.HANDLERS, job_words.EVENTS],
    ids=["actions", "subjects", "areas", "duties", "jobs", "queues", "handlers", "events"],
)  # fmt: skip
def test_all_words_are_in_english_too(words: dict[str, Text]) -> None:
    with translation.override("en"):
        assert [key for key, text in words.items() if not str(text).isascii() or str(text) == key] == []
    with translation.override("zh-hans"):
        assert [key for key, text in words.items() if str(text).isascii()] == []


def test_what_has_no_words_is_shown_as_it_is() -> None:
    assert audit_words.action("other.thing_done") == "other.thing_done"
    assert audit_words.subject("thing") == "thing"
    assert job_words.duty("other.loop") == "other.loop"
    assert labelled("a.b", "a.b") == '<span class="mono">a.b</span>'
    assert "&lt;i&gt;" in labelled("x", "<i>")
