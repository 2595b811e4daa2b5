"""Numbers, dates and spans of time as people here write them: 94,7 %; 2.412; 21/11/2026; 16:30.

Source of the forms: the official way of writing numbers and dates that the ward's own papers use. Moments come in the
ward's own zone already; a moment without a zone is refused, because it would print a wrong hour without a sign.
Babel is imported when first needed: an idle bot should stay small.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from domain.summary import share_in_tenths

_BABEL = {"vi": "vi_VN", "en": "en_GB"}
_NO_BREAK = "\u00a0"
_SPANS: Final[tuple[tuple[int, Literal["day", "hour", "minute", "second"]], ...]] = (
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
    (1, "second"),
)


def _locale(lang: str) -> str:
    try:
        return _BABEL[lang]
    except KeyError:
        raise ValueError(f"no number and date formats for the language {lang!r}") from None


@lru_cache(maxsize=1024)
def number(value: int, lang: str) -> str:
    """A count with its thousands grouped: 2.412 (vi), 2,412 (en)."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale(lang))


@lru_cache(maxsize=1024)
def plural_form(value: int, lang: str) -> Literal["one", "other"]:
    """Which form of a noun goes with a count: English has two, Vietnamese one."""
    from babel import Locale

    return "one" if Locale.parse(_locale(lang)).plural_form(value) == "one" else "other"


def percent(numerator: int, denominator: int, lang: str) -> str | None:
    """A share with one decimal: `94,7 %` (vi, no-break space), `94.7%` (en); None when there is nothing to share.

    What is not all never rounds to 100 and what is not nothing never to 0: 2545 of 2546 is 99,9 %.
    """
    from babel.numbers import format_decimal

    tenths = share_in_tenths(numerator, denominator)
    if tenths is None:
        return None
    written = format_decimal(Decimal(tenths) / 10, "#,##0.0", locale=_locale(lang))
    return f"{written}{_NO_BREAK}%" if lang == "vi" else f"{written}%"


def day(value: date) -> str:
    """A date in full, day first: 21/11/2026, in every language alike (03/04 would be two days in two countries)."""
    _in_zone(value)
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def official_day(value: date) -> str:
    """A date as official papers write it (Decree 30/2020): days below 10 and months 1 and 2 with a zero, 16/3/2023."""
    _in_zone(value)
    return f"{value.day:02}/{value.month:0{2 if value.month < 3 else 1}}/{value.year:04}"


def short_day(value: date) -> str:
    """A date of this year: 21/11."""
    return day(value)[:5]


def clock(value: datetime) -> str:
    """A time of day on the 24-hour clock: 16:30."""
    _in_zone(value)
    return f"{value.hour:02}:{value.minute:02}"


def weekday_day(value: date, lang: str) -> str:
    """A date with its day of the week, as it stands inside a sentence: `thứ Hai, 23/11`, `Chủ nhật, 22/11`."""
    from babel.dates import format_date

    _in_zone(value)
    name = format_date(value, "EEEE", locale=_locale(lang))
    if lang == "vi":  # Babel writes a title: "Thứ Hai", "Chủ Nhật"
        name = name.replace("Thứ ", "thứ ").replace("Chủ Nhật", "Chủ nhật")
    return f"{name}, {short_day(value)}"


def duration(seconds: float, lang: str) -> str:
    """A span in its largest whole unit, rounded down: `3 phút`, `2 giờ`, `1 ngày`; under a minute `40 giây`.

    Raises ValueError for a negative span: "minus two hours late" is an error of whoever asks.
    """
    from babel.dates import format_timedelta

    if seconds < 0:
        raise ValueError("a span of time can't be negative")
    size, unit = next(((size, unit) for size, unit in _SPANS if seconds >= size), _SPANS[-1])
    whole = timedelta(seconds=int(seconds // size) * size)
    # The endless threshold keeps Babel in our unit: it would round up, and speak of weeks.
    return format_timedelta(whole, granularity=unit, threshold=float("inf"), locale=_locale(lang))


def _in_zone(value: date) -> None:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment needs its zone before it can be written")
