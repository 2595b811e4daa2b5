"""The picture of a scorecard: nothing runs out of it, and what is not known is not shown as zero."""

import io
from datetime import date
from xml.etree import ElementTree

import pytest
from PIL import Image

from domain.boards import Board, Judged, State, Why
from domain.criteria_sets import Area, CriteriaSet, Criterion
from locales import LANGUAGES, words
from reports import fonts
from reports.picture import to_png
from reports.scorecard import Scorecard, Told, drawn
from reports.svg import WIDTH
from tests.reports.days import ENDLESS

DAY = date(2026, 11, 23)
AREA = Area(code="a", name=ENDLESS)


def card(count: int, *, known: bool, area: bool, told: Told | None = None) -> Scorecard:
    criteria = tuple(Criterion(number=n, text="x", area="a" if area else None) for n in range(1, count + 1))
    states = list(State) if known else [State.UNKNOWN]
    judged = tuple(Judged(criterion=one, state=states[one.number % len(states)], why=Why.NOBODY) for one in criteria)
    made = CriteriaSet(code="s", family="s", name="S", areas=(AREA,), criteria=criteria)
    board = Board(criteria=made, unit="16726", as_of=DAY, judged=judged)
    return Scorecard(unit=ENDLESS, name="phong trào", board=board, told=told)


CARDS = [
    card(34, known=False, area=False, told=Told(met=29, total=34, as_of=date(2023, 10, 25))),
    card(34, known=True, area=True),
    card(200, known=True, area=True, told=Told(met=999_999, total=999_999, as_of=DAY)),
    card(1, known=False, area=False),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", CARDS)
def test_every_word_stands_inside_the_picture(shown: Scorecard, language: str) -> None:
    for element in ElementTree.fromstring(drawn(shown, words(language))).iter():
        if element.tag.endswith("text"):
            size = float(element.get("font-size", "0"))
            wide = fonts.width(element.text or "", size, bold=element.get("font-weight") == "700")
            begin = float(element.get("x", "0")) - (wide if element.get("text-anchor") == "end" else 0)
            assert begin >= 0, element.text
            assert begin + wide <= WIDTH - 50, element.text
            assert size >= 20


def test_a_board_of_which_nothing_is_known_shows_no_zero() -> None:
    said = [e.text or "" for e in ElementTree.fromstring(drawn(CARDS[0], words("vi"))).iter() if e.text]
    assert "?/34" in said
    assert "Nguồn nêu 29/34, đến 25/10/2023" in said
    assert not any(line.startswith(("Đạt", "Chưa đạt")) for line in said)


@pytest.mark.parametrize("shown", CARDS)
def test_it_is_drawn(shown: Scorecard) -> None:
    picture = Image.open(io.BytesIO(to_png(drawn(shown, words("vi")))))
    assert picture.width == WIDTH
    assert len(to_png(drawn(shown, words("vi")))) < 120_000
