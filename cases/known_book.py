"""What the ward's book says, as figures: titles, merit certificates, pledges, founding documents.

What sources report as totals stands beside these under names of its own, and is never spread over entries.
"""

from datetime import date
from typing import Any

from cases import pledges, titles
from domain import awards
from domain.clocks import ward_day
from domain.entries import Founding, Honoured, Signed, Topic, standing
from domain.places import Place, UnitKind
from domain.titles import Standing
from locales import words
from storage.unit import Unit


async def figures(unit: Unit, place: Place, day: date) -> list[dict[str, Any]]:
    """The fields of each figure (`cases.known.Known`)."""
    found = await _documents(unit, place, day)
    if place.kind is not UnitKind.WARD:
        return found
    rounds = [_title(one) for one in await titles.all_of(unit, place, day)]
    return [*rounds, *await _certificates(unit, place, day), *await _pledges(unit, place, day), *found]


def _title(one: Standing) -> dict[str, Any]:
    known = one.recognised is not None and one.whole is not None
    return {
        "name": ".".join(("titles", one.round.subject)),
        "value": None if known else one.recognised,
        "numerator": one.recognised if known else None,
        "denominator": one.whole,
        "as_of": one.as_of,
        "source": words("vi").say(f"known.title_{one.round.title.value}", entries=one.entries),
        "status": "unknown" if one.recognised is None else "attested",
    }


async def _certificates(unit: Unit, place: Place, day: date) -> list[dict[str, Any]]:
    entries = await unit.book.of((place.code,), Topic.AWARD)
    counted = awards.counted(entries, day)
    this_year = {(kind, day.year): None for kind in Honoured}
    source = words("vi").say("known.certificates")
    return [
        {
            "name": f"certificates.{kind.value}.{year}",
            "value": value,
            "as_of": day,
            "source": source,
            "status": "unknown" if value is None else "attested",
        }
        for (kind, year), value in {**this_year, **counted}.items()
    ]


async def _pledges(unit: Unit, place: Place, day: date) -> list[dict[str, Any]]:
    """Signed / asked of each campaign; a signature on paper is somebody's word, a tap is counted by itself."""
    found = []
    for one in await pledges.all_of(unit, place, day):
        on_paper = any(isinstance(entry.what, Signed) and entry.what.on_paper for entry in one.signed.values())
        source = {"version": one.text.version, "opens": one.text.opens, "closes": one.text.closes}
        found.append(
            {
                "name": f"pledge.{one.text.title}",
                "value": one.total if one.expected is None else None,
                "numerator": None if one.expected is None else one.total,
                "denominator": one.expected,
                "as_of": day,
                "source": words("vi").say("known.pledge", **source),
                "status": "attested" if on_paper else "measured",
            }
        )
    return found


async def documents(unit: Unit, codes: tuple[str, ...], day: date | None = None) -> list[Founding]:
    """The founding documents of a unit: each after the one that asked for it, in the order of their days."""
    entries = standing(await unit.book.of(codes, Topic.DOCUMENT), day or ward_day(unit.now))
    found = [one.what for one in entries if isinstance(one.what, Founding)]
    return sorted(found, key=lambda one: (one.day is None, one.day or date.min, bool(one.follows), one.title))


async def _documents(unit: Unit, place: Place, day: date) -> list[dict[str, Any]]:
    """A document counts from its own day: a book that was begun later knows it all the same."""
    found = await documents(unit, (place.code,))
    return [
        {
            "name": f"document.{one.number or one.title}",
            "value": 1 if one.day else None,
            "as_of": one.day or day,
            "source": said(one),
            "status": "reported" if one.day else "unknown",
        }
        for one in found
        if one.day is None or one.day <= day
    ]


def said(one: Founding) -> str:
    """A document with its source and note."""
    return "; ".join(part.rstrip(".") for part in (named(one, "vi"), one.source, one.note) if part)


def named(one: Founding, language: str) -> str:
    """`Nghị quyết 175-NQ/ĐU, 21/04/2023, Đảng ủy phường Nghi Hòa (theo 05-NQ/ThU)`."""
    speaker = words(language)
    head = " ".join(part for part in (one.title, one.number) if part)
    day = speaker.say("criteria.day", day=one.day) if one.day else ""
    paper = ", ".join(part for part in (head, day, one.issuer) if part)
    return speaker.say("known.follows", paper=paper, follows=one.follows) if one.follows else paper
