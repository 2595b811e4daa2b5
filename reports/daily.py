"""The summary of a day as text (screen 18) and as data. What needs somebody to act comes first."""

from collections.abc import Sequence

from domain.summary import CheckInFigures, DailySummary, TipFigures, share_in_tenths, short_group
from reports.speech import Speaks, number

_NAMED = 3  # items of a list before "và N nữa"
_NAME_CHARS = 28
_WARD_CHARS = 80
CAPTION_CHARS = 1024
"""Telegram's limit for the words under a picture; `text` stays below it whatever the figures."""


def text(summary: DailySummary, words: Speaks) -> str:
    """The summary in at most nine short lines of plain text (no markup), never longer than a caption may be."""
    lines = [words.say("summary.title", day=summary.day, ward=_short(summary.ward_name, _WARD_CHARS))]
    if summary.unfinished and summary.closed_at:
        lines.append(words.say("summary.unfinished", clock=summary.closed_at))
    lines += _overdue(summary, words) + _late(summary, words) + _alarms(summary, words) + _urgent(summary.tips, words)
    lines += _quiet(summary.tips, words) if summary.quiet else [_tips(summary, words)]
    return "\n".join([*lines, _check_ins(summary, words)])


def as_json(summary: DailySummary) -> dict[str, object]:
    """The summary as plain data, the stable form of `report daily --format json`; unknown is None, days are ISO."""
    day = summary.day.isoformat()
    return {
        "ward": summary.ward,
        "ward_name": summary.ward_name,
        "from": day,
        "to": day,
        "closed_at": summary.closed_at.isoformat() if summary.closed_at else None,
        "finished": not summary.unfinished,
        "tips": _tips_json(summary.tips),
        "before": _tips_json(summary.before) if summary.before else None,
        "overdue_tips": [{"code": tip.code, "seconds": tip.seconds} for tip in summary.overdue_tips],
        "check_ins": _checks_json(summary.check_ins),
        "check_ins_before": _checks_json(summary.check_ins_before) if summary.check_ins_before else None,
    }


def _group(name: str, words: Speaks, chars: int) -> str:
    """A group as it is called in a short line: `tổ Hẻm 12`; a name too long is elided."""
    short = short_group(name)
    return words.say("summary.group", name=_short(short, chars)) if short else _short(name, chars)


def shared(check_ins: CheckInFigures, words: Speaks) -> str:
    """The reporting rate, received of expected: `90,0 %`."""
    tenths = share_in_tenths(check_ins.received, check_ins.expected)
    if tenths is None:
        return words.say("summary.unknown")
    return words.say("summary.share", whole=tenths // 10, tenth=tenths % 10)


def _tips_json(tips: TipFigures) -> dict[str, object]:
    return {
        "received": tips.opened,
        "closed": tips.closed,
        "valuable": tips.valuable,
        "open": tips.open,
        "overdue": tips.overdue,
        "urgent": tips.urgent,
        "urgent_received_after": list(tips.urgent_received_after),
        "urgent_waiting": tips.urgent_waiting,
        "by_kind": dict(tips.by_kind),
        "by_state": dict(tips.by_state),
    }


def _checks_json(check_ins: CheckInFigures | None) -> dict[str, object]:
    return {
        "expected": check_ins.expected if check_ins else None,
        "received": check_ins.received if check_ins else None,
        "on_time": check_ins.on_time if check_ins else None,
        "missing": list(check_ins.missing) if check_ins else None,
        "unreachable": list(check_ins.unreachable) if check_ins else None,
    }


def _overdue(summary: DailySummary, words: Speaks) -> list[str]:
    count = summary.tips.overdue
    if not count:
        return []
    named = [words.say("summary.overdue_tip", code=tip.code, span=tip.seconds) for tip in summary.overdue_tips[:_NAMED]]
    if not named:
        return [words.say("summary.overdue_only", count=count)]
    listed = _listed(named, count, "summary.and_tips", words, between="; ")
    return [words.say("summary.overdue", count=count, list=listed)]


def _late(summary: DailySummary, words: Speaks) -> list[str]:
    """Who owes the check of the month before, while it can still be entered."""
    before = summary.check_ins_before
    if before is None or not (before.missing or before.unreachable):
        return []
    month = (summary.day.month + 10) % 12 + 1
    reached = [words.say("summary.late", month=month, list=_few(before.missing, words))] if before.missing else []
    key = "summary.unreachable" if reached else "summary.late_unreachable"
    out = [words.say(key, month=month, list=_few(before.unreachable, words))] if before.unreachable else []
    return [words.say("summary.alarm", what=". ".join([*reached, *out]))]


def _few(names: Sequence[str], words: Speaks) -> str:
    """Fewer and shorter than those of this month: both lists have to fit under a picture."""
    return groups(names, words, 2, 20)


def _alarms(summary: DailySummary, words: Speaks) -> list[str]:
    check_ins = summary.check_ins
    if check_ins is None:
        return []
    found = [
        words.say(key, month=summary.day.month, list=groups(names, words))
        for key, names in (("summary.missing", check_ins.missing), ("summary.unreachable", check_ins.unreachable))
        if names
    ]
    return [words.say("summary.alarm", what=". ".join(found))] if found else []


def _urgent(tips: TipFigures, words: Speaks) -> list[str]:
    times, waiting = tips.urgent_received_after, tips.urgent_waiting
    count = max(tips.urgent, waiting)
    if not count:
        return []
    if count == len(times) == 1 and not waiting:
        return [words.say("summary.urgent_one", after=_after(times[0], words))]
    parts = [words.say("summary.urgent_waiting", count=waiting)] if waiting else []
    if times:
        key = "summary.urgent_slowest" if len(times) > 1 else "summary.urgent_after"
        parts.append(words.say(key, count=len(times), after=_after(max(times), words)))
    what = "; ".join(parts) or words.say("summary.urgent_unknown")
    return [words.say("summary.urgent", count=count, what=what)]


def _after(seconds: int, words: Speaks) -> str:
    """How long an urgent tip waited: it is kept in minutes, and none of them is not at once."""
    return words.say("summary.after" if seconds else "summary.after_minute", span=seconds)


def _tips(summary: DailySummary, words: Speaks) -> str:
    tips, before = summary.tips, summary.before
    return words.say(
        "summary.tips",
        opened=tips.opened,
        before=number(before.opened, words) if before else words.say("summary.unknown"),
        closed=tips.closed,
        valuable=tips.valuable,
        open=tips.open,
    )


def _quiet(tips: TipFigures, words: Speaks) -> list[str]:
    lines = [words.say("summary.quiet", open=tips.open)]
    if tips.closed or tips.valuable:
        lines.append(words.say("summary.quiet_done", closed=tips.closed, valuable=tips.valuable))
    return lines


def _check_ins(summary: DailySummary, words: Speaks) -> str:
    check_ins = summary.check_ins
    if check_ins is None:
        return words.say("summary.check_ins_unknown")
    if not check_ins.expected:
        return words.say("summary.check_ins_none")
    return words.say(
        "summary.check_ins",
        month=summary.day.month,
        received=check_ins.received,
        expected=check_ins.expected,
        share=shared(check_ins, words),
        on_time=check_ins.on_time,
    )


def groups(names: Sequence[str], words: Speaks, most: int = _NAMED, chars: int = _NAME_CHARS) -> str:
    """Groups by name, at most so many, then how many more there are."""
    return _listed([_group(name, words, chars) for name in names[:most]], len(names), "summary.and_groups", words)


def _listed(named: list[str], count: int, more: str, words: Speaks, between: str = ", ") -> str:
    listed = between.join(named)
    rest = count - len(named)
    return words.say(more, list=listed, count=rest) if rest > 0 else listed


def _short(name: str, chars: int) -> str:
    # Unprintable characters go too: one that turns the direction of writing would scramble the whole line.
    name = "".join(char for char in " ".join(name.split()) if char.isprintable())
    return name if len(name) <= chars else name[: chars - 1].rstrip(" ,;.") + "…"
