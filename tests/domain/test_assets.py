"""The inventory: what was observed last counts, what nobody has looked at is unknown, and a total is not spread."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import criteria as rules
from domain.asset_files import AssetFile
from domain.asset_typed import Said, asset_said
from domain.assets import AssetKind, Register, look, moments, register
from domain.criteria_sets import Automatic, Compare, CriteriaSet, Criterion
from domain.errors import Refused
from domain.events import Event, Happening
from domain.indicators import BY_NAME, EDITION
from domain.measures import Measured, measured, summed
from domain.places import UnitKind
from domain.reports import Line, Verdict, compared
from domain.toml_files import read
from tests.domain.make import MANY, MINUTE, MONDAY, an_event

CAMERA, POINT, MARKET = AssetKind
TODAY = date(2026, 11, 23)
GROUP = ("18115-5-lg1", UnitKind.FIRE_GROUP)
MARKETS = ("18115-cho1", UnitKind.SAFE_MARKET)
FILE = 'unit = "18115"\nsource = "Kiểm kê"\nday = 2026-11-20\n'


Detail = dict[str, Any]


def counted(number: int, observed: date = TODAY, source: str = "Kiểm kê", kind: AssetKind = CAMERA) -> Event:
    detail: Detail = {"asset": kind.value, "count": number, "observed": observed.isoformat(), "source": source}
    return an_event(Happening.ASSETS_COUNTED, f"c{number}{observed}", MONDAY, **detail)


def seen(item: str, working: bool, observed: date = TODAY, kind: AssetKind = CAMERA, minute: int = 0) -> Event:
    detail: Detail = {"asset": kind.value, "item": item, "working": working, "observed": observed.isoformat()}
    return an_event(Happening.ASSET_SEEN, f"s{item}{working}{observed}", MONDAY + minute * MINUTE, by="minh", **detail)


def unseen(event: Event) -> Event:
    detail: Detail = {"asset": event.detail["asset"], "item": event.detail["item"], "event": event.id}
    return an_event(Happening.ASSET_UNSEEN, f"u{event.id}", MONDAY, **detail)


def households(unit: str, number: int, observed: date = TODAY) -> Event:
    detail: Detail = {"unit": unit, "count": number, "observed": observed.isoformat(), "source": "Kiểm kê"}
    return an_event(Happening.HOUSEHOLDS_COUNTED, f"h{unit}{number}", MONDAY, **detail)


def of(*events: Event) -> Register:
    return register(events, (GROUP, MARKETS))


def test_a_total_without_a_state_is_a_total_whose_state_is_unknown() -> None:
    stock = of(counted(40, date(2023, 8, 1), "Bài báo")).stocks[CAMERA]
    assert (stock.total, stock.working, stock.broken, stock.unknown) == (40, 0, (), 40)
    assert stock.counted is not None
    assert (stock.counted.source, stock.since) == ("Bài báo", date(2023, 8, 1))


def test_where_nobody_has_counted_the_total_is_unknown_and_zero_is_a_number() -> None:
    nothing, none = of(), of(counted(0))
    assert (nothing.stocks[CAMERA].total, none.stocks[CAMERA].total) == (None, 0)
    assert "security_cameras.stated" not in moments(nothing)
    assert moments(none)["security_cameras.stated"] == 1


def test_two_broken_and_three_working_are_five_known_of_forty() -> None:
    sightings = [seen(str(number), number > 2) for number in range(1, 6)]
    found = of(counted(40), *sightings)
    facts = moments(found)
    assert [facts[f"security_cameras.{name}"] for name in ("total", "known", "working")] == [40, 5, 3]
    assert found.stocks[CAMERA].broken == ("1", "2")


def test_what_was_observed_later_counts_whenever_it_was_told() -> None:
    yesterday = TODAY - timedelta(days=1)
    found = of(counted(9), seen("7", False), seen("7", True, yesterday, minute=5)).stocks[CAMERA].seen["7"]
    assert (found.working, found.observed, found.by) == (False, TODAY, "minh")
    found = of(counted(9), seen("7", True, minute=1), seen("7", False, minute=2)).stocks[CAMERA].seen["7"]
    assert not found.working, "of two words of one day the later one"


def test_a_wrong_press_leaves_what_was_seen_before() -> None:
    before, wrong = seen("7", True, TODAY - timedelta(days=3)), seen("7", False)
    assert of(counted(9), before, wrong, unseen(wrong)).stocks[CAMERA].seen["7"].working
    only = of(counted(9), wrong, unseen(wrong)).stocks[CAMERA]
    assert (only.seen, only.unknown) == ({}, 9)


def test_a_recount_changes_how_many_there_are_and_not_what_was_seen() -> None:
    earlier = date(2026, 11, 1)
    stock = of(counted(40, earlier), seen("7", True), seen("40", True), counted(10)).stocks[CAMERA]
    assert (stock.total, list(stock.seen), stock.since) == (10, ["7"], earlier)
    assert of(counted(10), counted(40, earlier)).stocks[CAMERA].total == 10, "an older count told later is older"
    assert (
        of(counted(10, earlier), counted(12), *(seen(str(n), True) for n in range(1, 11))).stocks[CAMERA].since == TODAY
    )


def test_groups_and_markets_are_units_and_a_kind_without_one_is_unknown() -> None:
    found = of(households(GROUP[0], 8), households("elsewhere", 5), seen(MARKETS[0], True, kind=MARKET))
    facts = moments(found)
    assert (facts["groups.standing"], facts["groups.standing.fire_group"], facts["groups.counted"]) == (1, 1, 1)
    assert (facts["households.grouped"], facts["safe_markets.total"], facts["safe_markets.working"]) == (8, 1, 1)
    period = summed(TODAY, TODAY, {TODAY: (EDITION, facts)})
    groups = {name: measured(BY_NAME[name], period) for name in ("groups.fire_group", "groups.security_group")}
    assert [(one.status, one.value) for one in groups.values()] == [("measured", 1), ("unknown", None)]
    assert measured(BY_NAME["security_cameras.total"], period).status == "unknown"


def test_nobody_sees_what_is_not_there_or_what_is_still_to_come() -> None:
    stock = of(counted(9)).stocks[CAMERA]
    look(stock, "9", TODAY, TODAY)
    for item, day, code in (
        ("10", TODAY, "no_number"),
        ("x", TODAY, "no_number"),
        ("1", TODAY + timedelta(1), "day_ahead"),
    ):
        with pytest.raises(Refused, match=f"asset.{code}"):
            look(stock, item, day, TODAY)
    with pytest.raises(Refused, match="not_counted"):
        look(of().stocks[CAMERA], "1", TODAY, TODAY)


# Figures


def figure(name: str, edition_before: int = EDITION, **facts: int) -> Measured:
    """An indicator over two days, of which the first was counted by some edition."""
    counts = {f"security_cameras.{key}": number for key, number in facts.items()}
    yesterday = TODAY - timedelta(days=1)
    return measured(
        BY_NAME[name], summed(yesterday, TODAY, {yesterday: (edition_before, {}), TODAY: (EDITION, counts)})
    )


def test_completeness_stands_beside_the_share() -> None:
    one = figure("security_cameras.working", stated=1, total=40, known=5, working=3)
    assert (one.numerator, one.denominator, one.seen, one.whole, one.status) == (3, 5, 5, 40, "measured")
    nobody = figure("security_cameras.working", stated=1, total=40)
    assert (nobody.status, nobody.numerator, nobody.seen, nobody.whole) == ("unknown", None, 0, 40)


def test_a_state_is_counted_out_so_chance_is_not_spoken_of() -> None:
    one = figure("security_cameras.working", stated=1, total=40, known=5, working=3)
    then = compared(BY_NAME[one.name], one, one)
    line = Line(measured=one, before=then)
    assert (line.small, line.interval, then.verdict, then.better) == (False, None, Verdict.NOT_JUDGED, None)


def test_how_things_stand_is_known_although_earlier_days_were_counted_by_an_older_catalogue() -> None:
    assert figure("security_cameras.total", edition_before=1, stated=1, total=40).value == 40
    assert figure("check_ins.on_time", edition_before=0).status == "unknown", "a sum needs every day"
    old = measured(BY_NAME["security_cameras.total"], summed(TODAY, TODAY, {TODAY: (1, {})}))
    assert (old.status, old.value) == ("unknown", None)


@pytest.mark.parametrize(
    ("compare", "threshold", "total", "known", "working", "state"),
    [
        ("at_least", 90, 40, 40, 36, "met"),
        ("at_least", 90, 40, 40, 35, "unmet"),
        ("at_least", 90, 40, 5, 5, "unknown"),
        ("at_least", 90, 40, 38, 36, "met"),
        ("at_least", 90, 40, 10, 5, "unmet"),
        ("at_most", 50, 40, 10, 5, "unknown"),
        ("at_most", 10, 40, 10, 5, "unmet"),
    ],
)
def test_a_criterion_is_decided_only_by_what_the_unseen_can_not_change(
    compare: str, threshold: int, total: int, known: int, working: int, state: str
) -> None:
    taken = figure("security_cameras.working", stated=1, total=total, known=known, working=working)
    assert judged("security_cameras.working", compare, threshold, taken) == state


@pytest.mark.parametrize(
    ("compare", "threshold", "state"), [("at_least", 8, "met"), ("at_least", 9, "unknown"), ("at_most", 7, "unmet")]
)
def test_households_of_groups_that_nobody_counted_can_only_be_more(compare: str, threshold: int, state: str) -> None:
    units = (GROUP, ("18115-5-lg2", UnitKind.FIRE_GROUP))
    facts = moments(register([households(GROUP[0], 8)], units))
    taken = measured(BY_NAME["households.grouped"], summed(TODAY, TODAY, {TODAY: (EDITION, facts)}))
    assert (taken.value, taken.seen, taken.whole) == (8, 1, 2)
    assert judged("households.grouped", compare, threshold, taken) == state


def judged(indicator: str, compare: str, threshold: int, taken: Measured) -> str:
    how = Automatic(indicator=indicator, compare=Compare(compare), threshold=threshold)
    criteria = CriteriaSet.model_validate(
        {
            "code": "small",
            "family": "small",
            "name": "Nhỏ",
            "source": "test",
            "valid_from": date(2026, 1, 1),
            "criteria": (Criterion(number=1, text="Số", how=how),),
        }
    )
    return rules.board(criteria, "18115", [], {1: taken}, TODAY).judged[0].state.value


STATEMENTS = st.one_of(
    st.builds(counted, st.integers(0, 6), st.dates(date(2026, 11, 1), TODAY)),
    st.builds(seen, st.integers(1, 8).map(str), st.booleans(), st.dates(date(2026, 11, 1), TODAY)),
)


@MANY
@given(st.lists(STATEMENTS, max_size=20))
def test_whatever_is_told_parts_are_never_more_than_the_whole(events: list[Event]) -> None:
    stock, facts = of(*events).stocks[CAMERA], moments(of(*events))
    assert facts["security_cameras.working"] <= facts["security_cameras.known"] <= facts["security_cameras.total"]
    assert stock.working + len(stock.broken) + stock.unknown == len(stock.items)
    assert (stock.total is None) == (not any(event.kind is Happening.ASSETS_COUNTED for event in events))
    assert (stock.since is None) == (not stock.unknown)


# Words and files


@pytest.mark.parametrize(
    ("typed", "number", "working", "ago"),
    [
        ("7 hỏng", 7, False, 0),
        ("7 hong", 7, False, 0),
        ("số 7 hư rồi", 7, False, 0),
        ("camera 7 không hoạt động", 7, False, 0),
        ("7 hoạt động", 7, True, 0),
        ("hoat dong 12", 12, True, 0),
        ("7 đã sửa", 7, True, 0),
        ("7 hỏng hôm qua", 7, False, 1),
        ("7 hong 20/11", 7, False, 3),
        ("20-11-2026: 7 hong", 7, False, 3),
        ("hỏng hôm kia", None, False, 2),
        ("không còn", None, False, 0),
        ("７ tốt", 7, True, 0),
        ("7", 7, None, 0),
        ("7 broken yesterday", 7, False, 1),
        ("7 chạy", 7, None, 0),
        ("7 cháy", 7, None, 0),
        ("7 không chạy", 7, None, 0),
        ("7 hỏng ngày 20", 7, False, 3),
        ("ngày 20 số 7 hỏng", 7, False, 3),
        ("20 hỏng ngày 20/11", 20, False, 3),
        ("7 tốt ngày 20 tháng 11 năm 2026", 7, True, 3),
        ("7 hỏng 20.11", 7, False, 3),
        ("hỏng 20-11", None, False, 3),
        ("7 hỏng chiều qua", 7, False, 1),
        ("sáng nay xem 7 ok", 7, True, 0),
        ("7 ko hoạt động", 7, False, 0),
        ("7 k hoat dong", 7, False, 0),
        ("7 ngừng hoạt động", 7, False, 0),
        ("7 ngưng hoạt động rồi", 7, False, 0),
        ("7 hỏng, không hoạt động", 7, False, 0),
        ("7 không còn hoạt động", 7, False, 0),
        ("7 isn't working", 7, False, 0),
        ("7 đã sửa xong rồi", 7, True, 0),
        ("điểm chữa cháy số 7 hoạt động tốt", 7, True, 0),
        ("camera an ninh số 7 hoạt động trở lại", 7, True, 0),
        ("7 đã sửa chữa xong", 7, True, 0),
        ("7 fixed", 7, True, 0),
        ("7 Bắc Hồng", 7, None, 0),
        ("7 mặt tiền", 7, None, 0),
        ("7 mat", 7, False, 0),
    ],
)
def test_what_an_officer_types(typed: str, number: int | None, working: bool | None, ago: int) -> None:
    assert asset_said(typed, TODAY) == Said(number, working, TODAY - timedelta(days=ago))


@pytest.mark.parametrize("typed", ["", "abc", "?", "cái kia kìa", "hom qua", "Tiếp nhận", "7 hỏng " + "rồi " * 40])
def test_what_says_neither_which_nor_how_is_not_about_an_asset(typed: str) -> None:
    assert asset_said(typed, TODAY) is None


@pytest.mark.parametrize(
    "typed",
    [
        "7 hỏng 31/2",
        "7 dừng hoạt động",
        "7 chưa hoạt động",
        "7 chưa sửa xong",
        "7 chưa tốt",
        "7 not ok",
        "7 không hỏng",
        "7 chưa hỏng",
        "7 hết hỏng",
        "7 không còn hỏng",
        "7 không phải không hoạt động",
        "7 hỏng, đã sửa xong",
        "7 hoạt động kém",
        "7 hông hoạt động",
        "7 hổng hỏng",
        "7 đâu có hỏng",
        "7 Bắc Hồng hoạt động",
        "7 broken, fixed",
        "7 hoạt động không?",
        "7 hỏng?",
        "7.8 hỏng",
        "7-8 hỏng",
        "7 và 8 hỏng",
        "7 hỏng tối qua",
        "7 hỏng tuần trước",
        "thứ 7 hỏng",
        "7 hỏng hôm qua ngày 20",
    ],
)
def test_what_can_be_meant_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="unclear"):
        asset_said(typed, TODAY)


NEGATIONS = [
    "không",
    "khong",
    "chưa",
    "chua",
    "ngừng",
    "ngưng",
    "dừng",
    "dung",
    "ko",
    "K",
    "hết",
    "not",
    "isn't",
    "never",
]
STATES = ["hoạt động", "hoat dong", "tốt", "đã sửa", "sửa xong", "working", "ok", "hỏng", "chạy", "được"]
FILLERS = ["7", "số 7", "camera", "rồi", "còn", "đang", "vẫn", "hôm qua", "ngày 20", ",", "20/11"]


@MANY
@given(st.sampled_from(NEGATIONS), st.lists(st.sampled_from(NEGATIONS + STATES + FILLERS), max_size=6), st.randoms())
def test_no_text_with_a_negation_says_that_something_works(negation: str, others: list[str], chance: Random) -> None:
    words = [negation, *others]
    chance.shuffle(words)
    try:
        told = asset_said(" ".join(words), TODAY)
    except Refused:
        return
    assert told is None or not told.working


@pytest.mark.parametrize(
    ("more", "place", "mistake"),
    [
        ('[[count]]\nkind = "safe_market"\ncount = 1', "count, 1", "choice"),
        ('[[count]]\nkind = "tank"\ncount = 1', "count, 1, kind", "choice"),
        ('[[count]]\nkind = "fire_point"\ncount = 1000', "count, 1, count", "value"),
        ('[[asset]]\nkind = "fire_point"', "asset, 1", "missing"),
        ('[[asset]]\nkind = "fire_point"\nunit = "18115-cho1"', "asset, 1", "missing"),
        ('[[asset]]\nkind = "safe_market"\nnumber = 1', "asset, 1", "missing"),
        ('[[asset]]\nkind = "safe_market"\nunit = "18115-cho1"\nname = "Chợ"', "asset, 1", "extra_forbidden"),
        ('[[asset]]\nkind = "fire_point"\nnumber = 0', "asset, 1, number", "value"),
        ('[[group]]\nunit = ""\nhouseholds = 8', "group, 1, unit", "empty"),
        ("colour = 1", "colour", "extra_forbidden"),
    ],
)
def test_a_bad_file_is_refused_by_its_first_mistake(more: str, place: str, mistake: str) -> None:
    with pytest.raises(Refused) as caught:
        read(f"{FILE}{more}", AssetFile)
    assert (caught.value.code, caught.value.params) == ("criteria.bad_file", {"place": place, "mistake": mistake})


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(Refused, match="not_toml"):
        read("unit = ", AssetFile)
