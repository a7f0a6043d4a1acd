"""The people of `bench flashsale`, a process of its own: `python -m goodfor.cli.bench.flash_client SPEC.json`.

An open load: whoever is to come at a moment comes then, however busy the shop is, and what he waits is counted from
that moment. Beside the sale others buy other goods at a steady rate, before it and while it runs. Prints a JSON object.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from goodfor.cli.bench.flash_people import Answer, Person

#: So often somebody who is told to wait, or whom the database could not serve, tries again.
PATIENCE = 400
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_CASHIER = re.compile(r'href="(http://[^"]+)"[^>]*button-main|button-main[^>]*href="(http://[^"]+)"')
_PAYS = re.compile(r'action="([^"]*/cashier/[^/"]+/pay)"')


class Load:
    """All of it: when who comes, and what came back."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.random = random.Random(spec["seed"])  # noqa: S311
        self.took: dict[str, list[float]] = defaultdict(list)
        self.late: list[float] = []
        self.ends: Counter[str] = Counter()
        self.odd: Counter[str] = Counter()
        self.sale_begins = 0.0
        self.last_won = 0.0

    async def run(self) -> None:
        """Others alone, then others and the sale; until everybody has gone."""
        spec, begins = self.spec, time.perf_counter() + 1.0
        self.sale_begins = begins + spec["before"]
        ends = self.sale_begins + spec["window"]
        people = [self.comes(self.buyer, n, self.sale_begins + at) for n, at in enumerate(self.arrivals())]
        moment, n = begins, 0
        while moment < ends:
            phase = "before" if moment < self.sale_begins else "meanwhile"
            people.append(self.comes(self.other, n, moment, phase))
            moment, n = moment + 1 / spec["others"], n + 1
        await asyncio.gather(*people)

    def arrivals(self) -> list[float]:
        """Seconds after the beginning: the rate falls evenly from `steep` times the mean on."""
        many, window, steep = self.spec["buyers"], self.spec["window"], self.spec["steep"]
        found = []
        for n in range(many):
            part, bend = (n + self.random.random()) / many, steep - 1
            # Of t + bend * (t - t * t) = part, the t within 0 and 1.
            here = part if bend == 0 else ((1 + bend) - ((1 + bend) ** 2 - 4 * bend * part) ** 0.5) / (2 * bend)
            found.append(here * window)
        return found

    async def comes(self, who: Any, n: int, at: float, *more: Any) -> None:
        """At that moment; an error is counted, and stops nobody else."""
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        self.late.append(time.perf_counter() - at)
        person = Person(self.spec["port"], n, f"10.{200 if more else 100}")
        try:
            await who(person, at, *more)
        except Exception as error:
            self.odd[f"{who.__name__}: {type(error).__name__} {error}"] += 1
        finally:
            person.close()

    async def buyer(self, person: Person, at: float) -> None:
        """For the flash price: the page, the order, the cashier."""
        spec = self.spec
        path = f"/checkout?p={spec['slug']}&sku={spec['sku']}&qty=1&deal={spec['deal']}"
        page = await self.patiently(person, "waits", at, "GET", path)
        fields = filled(page)
        if page.status == 409 or (page.status == 200 and fields.get("seen") != str(spec["price"])):
            self.refused("page", page)
            return
        if page.status != 200:
            raise ValueError(f"page: {page.status}")
        await asyncio.sleep(self.random.uniform(*spec["thinks"]))
        placed = await self.patiently(person, "order waits", time.perf_counter(), "POST", "/checkout", fields)
        if placed.status == 409:
            self.refused("order", placed)
            return
        if placed.status != 302:
            self.ends[f"stopped {placed.status}"] += 1
            return
        self.took["won"].append(placed.took)
        self.last_won = time.perf_counter()
        self.ends["won"] += 1
        person.close()
        await asyncio.sleep(self.random.uniform(*spec["pays"]))
        await self.pays(person, placed.place.split("?")[0])

    async def pays(self, person: Person, path: str) -> None:
        """By the link of the pay page, at the stand-in's cashier."""
        page = await self.patiently(person, "pay waits", time.perf_counter(), "GET", path)
        link = _CASHIER.search(page.text)
        if link is None:
            raise ValueError(f"no way to pay: {page.status}")
        cashier = await person.elsewhere("GET", (link[1] or link[2]).replace("&amp;", "&"))
        form = _PAYS.search(cashier.text)
        if form is None:
            raise ValueError(f"no cashier: {cashier.status}")
        done = await person.elsewhere("POST", form[1], {"type": "alipay"}, of=cashier.url)
        self.ends["paid" if done.status in (302, 303) else f"not paid {done.status}"] += 1

    async def other(self, person: Person, at: float, phase: str) -> None:
        """Somebody who wants something else: looks, checks out, orders."""
        slug, sku = self.random.choice(self.spec["elsewhere"])
        answers = [("look", await person.ask("GET", f"/p/{slug}?sku={sku}", since=at))]
        answers.append(("checkout", await person.ask("GET", f"/checkout?p={slug}&sku={sku}&qty=1")))
        fields = filled(answers[1][1])
        answers.append(("order", await person.ask("POST", "/checkout", fields)))
        for kind, answer in answers:
            self.took[f"others {phase}"].append(answer.took)
            self.took[f"{kind} {phase}"].append(answer.took)
        if answers[2][1].status != 302:
            self.odd[f"other: {[answer.status for _, answer in answers]}"] += 1

    async def patiently(
        self, person: Person, waits: str, at: float, method: str, path: str, fields: dict[str, str] | None = None
    ) -> Answer:
        """An answer that is not to wait: a page that comes back by itself is waited for as its header says."""
        for _ in range(PATIENCE):
            answer = await person.ask(method, path, fields, since=at)
            if answer.status != 503:
                return answer
            self.took[waits].append(answer.took)
            person.close()
            await asyncio.sleep(answer.again + self.random.random())
            at = time.perf_counter()
        raise ValueError("waited in vain")

    def refused(self, where: str, answer: Answer) -> None:
        """Sold out, or no more at this price."""
        self.took["refused"].append(answer.took)
        self.took[f"refused at {where}"].append(answer.took)
        self.ends[f"refused at {where}"] += 1


def filled(page: Answer) -> dict[str, str]:
    """The checkout's form as a browser sends it; empty where there is none."""
    _, found, form = page.text.partition('action="/checkout"')
    if not found:
        return {}
    return {**dict(_HIDDEN.findall(form)), "qty": "1", "contact": "", "method": "alipay"}


def said(took: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(took) or [0.0]
    found: dict[str, float] = {"count": len(took)}
    for name, part in (("p50_ms", 0.5), ("p99_ms", 0.99), ("max_ms", 1.0)):
        found[name] = round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1)
    return found


def main(spec: dict[str, Any]) -> dict[str, Any]:
    """`spec`: see `flash_ground.run`."""
    load, began = Load(spec), time.process_time()
    asyncio.run(load.run())
    return {
        "took": {name: said(took) for name, took in sorted(load.took.items())}, "late": said(load.late),
        "cpu_seconds": time.process_time() - began, "ends": load.ends, "odd": load.odd,
        "sold_after_seconds": load.last_won - load.sale_begins if load.last_won else 0.0,
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
