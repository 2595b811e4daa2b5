"""The report of a period as text on a phone and as data, and how its figures are written wherever they stand."""

from collections.abc import Mapping
from typing import Any

from domain.clocks import QUARTER
from domain.indicators import Measure
from domain.measures import Measured
from domain.report_kinds import ReportKind
from domain.reports import Compared, Line, Part, PeriodReport, Verdict
from domain.spans import Span
from domain.summary import share_in_tenths
from reports.speech import Speaks, number

_ROMAN = ("I", "II", "III", "IV")
_REASON_CHARS = 200
_QUARTER = int(QUARTER.total_seconds())  # waits are kept in no smaller unit
Figure = Measured | Compared


def text(report: PeriodReport, texts: Mapping[Part, str], words: Speaks) -> str:
    """The report in at most eleven short lines; everything else stands in its XLSX and DOCX."""
    lines = [
        words.say("period.title", period=period(report.span, words), ward=report.ward_name),
        words.say("period.dates", first=report.span.first, last=report.span.last),
    ]
    if not report.finished:
        lines.append(words.say("period.unfinished", at=report.made_at))
    if not report.complete:
        lines.append(words.say("period.incomplete", known=report.known, days=report.span.days))
    lines += _tips(report, words) + _checks(report, words) + _assets(report, words)
    opened = report.line("tips.opened")
    if not report.count("tips.opened") or (opened and Verdict.FALLEN in _verdicts(opened)):
        lines.append(words.say("period.few"))
    reason = texts.get(Part.OVERDUE_REASON)
    if reason and report.count("tips.overdue"):
        lines.append(words.say("period.reason", text=" ".join(reason.split())[:_REASON_CHARS]))
    return "\n".join(lines)


def as_json(report: PeriodReport, texts: Mapping[Part, str]) -> dict[str, object]:
    """The report as plain data; the names of the daily report, and every indicator. Unknown is None, days are ISO."""
    count, span = report.count, report.span
    return {
        "ward": report.ward,
        "ward_name": report.ward_name,
        "kind": span.kind.value,
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "made_at": report.made_at.isoformat(),
        "finished": report.finished,
        "days": span.days,
        "days_known": report.known,
        "tips": {
            "received": count("tips.opened"),
            "closed": count("tips.closed"),
            "valuable": count("tips.valuable"),
            "open": count("tips.open"),
            "overdue": count("tips.overdue"),
            "urgent": count("tips.opened_urgent"),
            "by_kind": dict(report.by_kind) if report.known else None,
            "by_outcome": dict(report.by_outcome) if report.known else None,
        },
        "check_ins": {
            "expected": count("check_ins.expected"),
            "received": count("check_ins.reported"),
            "on_time": count("check_ins.on_time"),
        },
        "before": {"from": report.before.first.isoformat(), "to": report.before.last.isoformat()},
        "same_period": None
        if report.year_ago is None
        else {"from": report.year_ago.first.isoformat(), "to": report.year_ago.last.isoformat()},
        "indicators": [_line_json(line) for line in report.lines],
        "texts": {part.value: texts.get(part) for part in Part},
    }


def _line_json(line: Line) -> dict[str, object]:
    return {
        **line.measured.model_dump(mode="json"),
        "interval_95": line.interval,
        "small": line.small,
        "before": line.before.model_dump(mode="json"),
        "same_period": None if line.year_ago is None else line.year_ago.model_dump(mode="json"),
    }


def period(span: Span, words: Speaks) -> str:
    """How a period is called inside a sentence: `tháng 11/2026`, `quý IV/2026`."""
    half = f"_{span.number}" if span.kind is ReportKind.HALF_YEARLY else ""
    roman = _ROMAN[span.number - 1] if span.kind is ReportKind.QUARTERLY else ""
    params: dict[str, Any] = {"number": span.number, "roman": roman, "year": span.month.year}
    return words.say(f"period.{span.kind.value}{half}", first=span.first, last=span.last, **params)


def name(line: Line, words: Speaks) -> str:
    """An indicator as people read it."""
    return words.say(f"indicator.{line.measured.name}")


def shown(figure: Figure, measure: Measure, words: Speaks) -> str:
    """A figure in words: `41`, `35/40 (87,5 %)`, `3 giờ`, `chưa rõ`; with nothing to share, `không có`."""
    if figure.status == "unknown":
        return not_known(figure, words)
    if figure.value is not None:
        return number(figure.value, words)
    part, whole = figure.numerator or 0, figure.denominator or 0
    if not whole:
        return words.say("period.nothing")
    if measure is Measure.SECONDS:
        return words.say("period.span" if part // whole >= _QUARTER else "period.span_short", span=part // whole)
    return words.say("period.fraction", numerator=part, denominator=whole, share=share(part, whole, words))


def not_known(figure: Figure | None, words: Speaks) -> str:
    """Why there is no figure: `chưa rõ`; of fewer people than may be told, `dưới 5 ý kiến`."""
    return words.say("period.few_said" if figure is not None and figure.few else "period.unknown")


def earlier(then: Compared, measure: Measure, words: Speaks) -> str:
    """An earlier figure in words, with how many of its days are known where some are not."""
    value = shown(then, measure, words)
    if then.status == "unknown" or then.known == then.days:
        return value
    return words.say("period.partly", value=value, known=then.known, days=then.days)


def share(part: int, whole: int, words: Speaks) -> str:
    """A share with one decimal: `87,5 %`."""
    tenths = share_in_tenths(part, whole) or 0
    return words.say("summary.share", whole=tenths // 10, tenth=tenths % 10)


def interval(line: Line, words: Speaks) -> str:
    """Where the true share lies (95 %): `[69,9 % - 97,2 %]`; empty where there is no share."""
    if line.interval is None:
        return ""
    low, high = (share(round(end * 1000), 1000, words) for end in line.interval)
    return words.say("paper.interval", low=low, high=high)


def verdict(then: Compared, words: Speaks) -> str:
    """What may be said of a difference: `có thể do tình cờ`, `tăng rõ, tốt hơn`."""
    better = {True: "_better", False: "_worse", None: ""}[then.better]
    return words.say(f"verdict.{then.verdict.value}{better}")


def remark(line: Line, then: Compared, words: Speaks) -> str:
    """The difference and what may be said of it: `+3, có thể do tình cờ`; empty where nothing can be said."""
    grown = difference(line, then)
    parts = [] if grown is None or then.verdict is Verdict.SAME else [signed(grown, words)]
    if then.verdict not in (Verdict.UNKNOWN, Verdict.NOT_JUDGED):
        parts.append(verdict(then, words))
    return ", ".join(parts)


def signed(count: int, words: Speaks) -> str:
    """A difference with its sign: +3, -3, 0."""
    if not count:
        return words.say("period.same")
    return words.say("period.more" if count > 0 else "period.fewer", count=abs(count))


def difference(line: Line, then: Compared) -> int | None:
    """By how many a count has grown; None for shares and means, and where days of either period are missing."""
    now = line.measured
    whole = line.complete and then.known == then.days
    return now.value - then.value if whole and now.value is not None and then.value is not None else None


def _tips(report: PeriodReport, words: Speaks) -> list[str]:
    opened, in_time = report.line("tips.opened"), report.line("tips.received_in_time")
    lines = []
    if opened is not None:
        ago = words.say("period.unknown") if opened.year_ago is None else then(opened, opened.year_ago, words)
        now, before = _now(opened, words), then(opened, opened.before, words)
        if report.before == report.year_ago:  # of a year they are one
            lines.append(words.say("period.opened_year", now=now, before=before))
        else:
            lines.append(words.say("period.opened", now=now, before=before, year_ago=ago))
    counts = {key: _count(report, f"tips.{key}", words) for key in ("closed", "valuable", "open", "overdue")}
    lines.append(words.say("period.done", **counts))
    if in_time is not None and in_time.measured.denominator:
        now, before = _now(in_time, words), then(in_time, in_time.before, words)
        lines.append(words.say("period.in_time", now=now, before=before))
    satisfied, rated = report.line("tips.satisfied"), report.line("tips.rated")
    if satisfied is not None and rated is not None and satisfied.measured.denominator:
        now = _now(satisfied, words)
        rated_shown = shown(rated.measured, rated.measured.measure, words)
        lines.append(words.say("period.satisfied", now=now, rated=rated_shown))
        if satisfied.measured.known < report.known and satisfied.measured.as_of:  # what is said today comes tomorrow
            lines[-1] += " " + words.say("period.until", day=satisfied.measured.as_of)
    return lines


def _checks(report: PeriodReport, words: Speaks) -> list[str]:
    line = report.line("check_ins.reported")
    if line is None:
        return []
    if line.measured.denominator == 0:
        return [words.say("period.checks_none")]
    on_time = _count(report, "check_ins.on_time", words)
    now, before = _now(line, words), then(line, line.before, words)
    return [words.say("period.checks", now=now, on_time=on_time, before=before)]


def _assets(report: PeriodReport, words: Speaks) -> list[str]:
    """How cameras and fire points stood at the end, where somebody has said how many there are."""
    said: list[str] = []
    if not report.finished:
        return said
    for kind in ("security_cameras", "fire_points"):
        total = report.count(f"{kind}.total")
        if total is not None:
            known, working = report.count(f"{kind}.known"), report.count(f"{kind}.working")
            key = f"period.{kind}" if known else f"period.{kind}_unseen"
            said.append(words.say(key, total=total, known=known or 0, working=working or 0))
    return [" ".join(said)] if said else []


def _now(line: Line, words: Speaks) -> str:
    value = shown(line.measured, line.measured.measure, words)
    return words.say("period.small", value=value) if line.small else value


def then(line: Line, before: Compared, words: Speaks) -> str:
    """An earlier figure with what may be said of the difference: `38 (có thể do tình cờ)`."""
    value = earlier(before, line.measured.measure, words)
    if before.verdict in (Verdict.UNKNOWN, Verdict.NOT_JUDGED):
        return value
    # Of two counts over unequal numbers of days the larger may be the smaller rate: it is said what was compared.
    by_day = line.measured.value is not None and difference(line, before) is None
    key = "period.then_by_day" if by_day else "period.then"
    return words.say(key, value=value, verdict=verdict(before, words))


def _count(report: PeriodReport, name: str, words: Speaks) -> str:
    count = report.count(name)
    return words.say("period.unknown") if count is None else number(count, words)


def _verdicts(line: Line) -> set[Verdict]:
    return {then.verdict for then in (line.before, line.year_ago) if then is not None}
