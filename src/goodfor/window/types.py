"""What a shop window and its pages are made of: one frozen dataclass for each kind of block. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

MAX_BLOCKS = 30


@dataclass(frozen=True, slots=True)
class Banner:
    """A large card: words, where it leads (an address of this shop), and a picture that catalog has taken in."""

    kind: ClassVar[str] = "banner"
    title: str
    text: str = ""
    href: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Scenes to choose from, in this order."""

    kind: ClassVar[str] = "scene"
    scenes: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """Categories by slug, in this order; none means all."""

    kind: ClassVar[str] = "category"
    slugs: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Products: chosen ones by slug, else those of a category or a scene, else all; at most `limit`."""

    kind: ClassVar[str] = "grid"
    title: str
    slugs: tuple[str, ...] = ()
    category: str = ""
    scene: str = ""
    limit: int = 12


@dataclass(frozen=True, slots=True)
class Flash:
    """Chosen SKUs with a clock that runs to `ends_at`; after that the strip is gone."""

    kind: ClassVar[str] = "flash"
    title: str
    sku_ids: tuple[UUID, ...]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Text:
    """A few calm words; lines stay lines, marks stay text."""

    kind: ClassVar[str] = "text"
    body: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Bundles by id, in this order; what is not on sale is left out."""

    kind: ClassVar[str] = "bundle"
    bundle_ids: tuple[UUID, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Coupons:
    """Coupons to be had, by the campaigns that they are of."""

    kind: ClassVar[str] = "coupon"
    campaign_ids: tuple[UUID, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """Campaigns with a clock of their own: what they sell now, while they run."""

    kind: ClassVar[str] = "sale"
    campaign_ids: tuple[UUID, ...]
    title: str = ""


Content = Banner | Scene | CategoryRow | Grid | Flash | Text | Bundles | Coupons | Sale
KINDS: dict[str, type[Content]] = {
    made.kind: made for made in (Banner, Scene, CategoryRow, Grid, Flash, Text, Bundles, Coupons, Sale)
}


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of blocks beside the first one (a scene, an event): `online` once buyers see what was published."""

    id: UUID
    slug: str
    title: str
    summary: str
    online: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A block with the time in which it is shown; None is no bound."""

    content: Content
    visible_from: datetime | None = None
    visible_until: datetime | None = None

    def shown_at(self, now: datetime) -> bool:
        """True inside of its time."""
        return (self.visible_from is None or self.visible_from <= now) and (
            self.visible_until is None or now < self.visible_until
        )


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """A block as a form or a script describes it: its kind and plain settings, checked when it is arranged."""

    kind: str
    settings: dict[str, object]
    visible_from: datetime | None = None
    visible_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """A block of the draft by its id; `content` is None where a version that knew more has written it."""

    id: UUID
    kind: str
    content: Content | None
    visible_from: datetime | None
    visible_until: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A good link to a draft: whose it is, and the page of the console that may frame it."""

    staff_id: UUID
    framed_by: str
