"""Templates of official reports: a TOML file that a ward may edit, checked before anything is made of it.

It holds words and the order of parts; figures come in by placeholder only, so nobody can type one, and the layout that
Decree 30/2020 fixes is no part of it.
"""

import re
import string
import tomllib
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from domain.errors import Refused
from domain.indicators import BY_NAME, Indicator, Measure
from domain.reports import Compared, Line, Part, PeriodReport
from domain.spans import REVIEWS
from reports import periodic
from reports.speech import Speaks

SHIPPED = Path(__file__).with_name("templates")
GENERAL, PROVINCE = "report", "province"
LARGEST = 200_000
"""Bytes of a template; what is larger is something else."""
# The six cities that are provinces of their own; the rest are provinces.
_CITIES = frozenset({"Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"})
_NO_BREAK = "\u00a0"
_BLANK = "……………"
_SHAPES = ("", "before", "year_ago", "compare")


class Section(BaseModel, frozen=True, extra="forbid"):
    """One part of a report: a heading, paragraphs, a table of indicators, an officer's text."""

    heading: str = ""
    subheading: str = ""
    paragraphs: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    text: Part | None = None
    only_if: str = ""
    """An indicator; where it is known to be nothing, the part is left out."""


class Template(BaseModel, frozen=True, extra="forbid"):
    """A report as a ward words it."""

    superior: str
    issuer: str
    number: str
    place_and_date: str
    kind: str
    title: str
    signer: str
    recipients: tuple[str, ...]
    section: tuple[Section, ...]

    def sentences(self) -> list[str]:
        """Everything in which placeholders may stand."""
        own = [self.superior, self.issuer, self.number, self.place_and_date, self.kind, self.title, self.signer]
        inner = [text for part in self.section for text in (part.heading, part.subheading, *part.paragraphs)]
        return [*own, *self.recipients, *inner]


class Vocabulary(NamedTuple):
    """What a template may say beside its own words."""

    names: Container[str]
    """Placeholders as they are."""
    indicators: Container[str]
    """Figures: as placeholders, each in these shapes, and to decide whether a section is there."""
    shapes: Container[str]
    columns: Container[str]
    """What a section's table may hold."""


def find(kind: str, folders: Sequence[Path]) -> Path:
    """The file of a kind of report: of the first folder that has one, for that kind or, of wards, for all."""
    names = (kind,) if kind == PROVINCE else (kind, GENERAL)
    wanted = [folder / f"{name}.toml" for folder in (*folders, SHIPPED) for name in names]
    return next(path for path in wanted if path.is_file())


def load(path: Path, known: Vocabulary | None = None) -> Template:
    """Reads and checks a template; `known`: what it may say, by default what a ward's report has.

    Raises Refused `report.template` with the first thing that is wrong, in a line.
    """
    known = known or _REPORT
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        made = Template.model_validate(tomllib.loads(raw.decode("utf-8-sig")))  # Notepad writes a mark before UTF-8
        for sentence in made.sentences():
            _check(sentence, known)
        for part in made.section:
            named = [name for name in part.figures if name not in known.columns]
            if part.only_if and part.only_if not in known.indicators:
                named.append(part.only_if)
            if named:
                raise ValueError(f"no indicator {named[0]}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise Refused("report.template", path=path, reason=reason) from None
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise Refused("report.template", path=path, reason=" ".join(str(error).split())) from None
    return made


def _check(sentence: str, known: Vocabulary) -> None:
    for _, name, shape, conversion in string.Formatter().parse(sentence):
        if name is None:
            continue
        good = not shape if name in known.names else name in known.indicators and shape in known.shapes
        if conversion or not good:
            raise ValueError(f"no placeholder {{{name}{':' + shape if shape else ''}}}")


class Filler(string.Formatter):
    """Puts a report's names and figures into the sentences of a template."""

    def __init__(self, report: PeriodReport, words: Speaks) -> None:
        self._report = report
        self._words = words
        self._names = names(report, words)

    def fill(self, sentence: str) -> str:
        """The sentence with its placeholders filled; they were checked when the template was read."""
        return self.vformat(sentence, (), {}).rstrip(" ")

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        if field_name in self._names:
            return self._names[field_name], field_name
        # A report that was frozen before an indicator was counted has no line of it: unknown, and no room for a pen.
        return self._report.line(field_name) or BY_NAME[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Indicator):
            return self._compared(None, None) if format_spec == "compare" else self._unknown(value)
        return self._figure(value, format_spec) if isinstance(value, Line) else str(value)

    def _figure(self, line: Line, shape: str) -> str:
        measure = line.measured.measure
        if shape == "compare":
            return self._compared(*(_then(line, then, self._words) for then in (line.before, line.year_ago)))
        one = {"": line.measured, "before": line.before, "year_ago": line.year_ago}[shape]
        if one is not None and one.few:
            return periodic.not_known(one, self._words)
        if one is None or one.status == "unknown":
            return self._unknown(BY_NAME[line.measured.name])
        return _padded(periodic.shown(one, measure, self._words), measure)

    def _unknown(self, indicator: Indicator) -> str:
        return self._words.say("period.unknown" if indicator.over else "paper.unknown_count")

    def _compared(self, before: str | None, ago: str | None) -> str:
        """Both earlier periods beside each other; None: not known."""
        say = self._words.say
        before, ago = (one or say("period.unknown") for one in (before, ago))
        if self._report.before == self._report.year_ago:
            return say("paper.compare_year", before=before)
        return say("paper.compare", before=before, year_ago=ago)


def _then(line: Line, then: Compared | None, words: Speaks) -> str:
    if then is None:
        return words.say("period.unknown")
    return _padded(periodic.then(line, then, words), line.measured.measure)


def _padded(text: str, measure: Measure) -> str:
    """Counts of one digit are written 03, 06 in official prose (`domain.md`, reporting)."""
    return text if measure in (Measure.SECONDS, Measure.SHARE) else re.sub(r"^[1-9](?!\d)", r"0\g<0>", text)


def province_said(name: str, words: Speaks) -> str:
    """`tỉnh Hà Tĩnh`, `thành phố Huế`."""
    return words.say("paper.city" if name in _CITIES else "paper.province", name=name)


def names(report: PeriodReport, words: Speaks) -> dict[str, str]:
    """What a template may name beside indicators."""
    say, span = words.say, report.span
    province = province_said(report.province, words) if report.province else _BLANK
    review = say(f"paper.{span.kind.value}") if span.kind in REVIEWS else ""
    ends = {"first": span.first, "last": span.last}
    period = say("paper.span", **ends) if review else periodic.period(span, words)
    return {
        "ward": report.ward_name,
        "WARD": report.ward_name.upper().replace(" ", _NO_BREAK),  # a letterhead breaks before the name, not in it
        "place": report.ward_name.removeprefix("phường "),
        "province": province,
        "PROVINCE": province.upper().replace(" ", _NO_BREAK),
        "period": period,
        "PERIOD": period.upper(),
        "review": review,
        "REVIEW": review.upper(),
        "from": say("paper.date", day=span.first),
        "to": say("paper.date", day=span.last),
        "year": str(span.last.year),
    }


_NAMES = frozenset(
    {"ward", "WARD", "place", "province", "PROVINCE", "period", "PERIOD", "review", "REVIEW", "from", "to", "year"}
)
_REPORT = Vocabulary(_NAMES, BY_NAME, _SHAPES, BY_NAME)
