"""A province's month: sent once when it is settled, frozen, told by one table only, with texts beside it."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from cases import open_data, province, province_month
from domain.clocks import VIETNAM
from domain.notices import Lane, Notice
from domain.people import Role
from domain.periods import Month
from domain.provinces import COLUMNS, MonthTable, ProvinceBoard, settles
from domain.reports import LONGEST_TEXT, Part
from domain.suppression import Column, Hidden, guarded
from jobs.schedule import BY_NAME
from jobs.ticker import Ticker, run_by_hand, run_slots
from locales import words
from reports import province as written
from storage import meta
from storage.unit import Unit
from storage.ward import Reported
from tests.cases.test_province import WARDS, nghe_an, plant, received
from tests.cases.test_ticker import beside
from tests.cases.world import World, refusal

__all__ = ["nghe_an"]

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
SETTLED = date(2026, 11, 23)
FACTS = {"40001": received(20, 2), "40002": received(30, 0), "40003": received(12, 9), "40004": received(8, 7)}
JOB = BY_NAME["province_month"]


def at(world: World, day: date, hour: int = 8) -> None:
    world.now = datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)


async def ready(world: World, facts: Mapping[str, Mapping[str, int]] = FACTS) -> None:
    """The morning on which November is settled, October having been counted too."""
    at(world, SETTLED)
    for month in (OCTOBER, NOVEMBER):
        await plant(world, month, facts)


async def report(world: World, month: Month = NOVEMBER) -> ProvinceBoard:
    return await world.act(lambda unit: province_month.report(unit, "40", month))


async def tables(world: World) -> list[MonthTable]:
    return await world.read(lambda unit: province.tables(unit, "40", [*WARDS, "vinh-1"], OCTOBER, NOVEMBER))


def lines(notice: Notice) -> list[str]:
    return str(notice.params["text"]).replace("\u00a0", " ").splitlines()


def test_a_month_is_settled_from_one_day_on() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    found = {day: month for day in days if (month := settles(day)) is not None}
    assert list(found.values()) == [Month(2026, number) for number in range(1, 13)]
    assert {day.day for day in found} == {23}
    assert found[SETTLED] == NOVEMBER


async def test_it_is_sent_to_who_looks_after_the_province_in_their_language_with_papers_and_parts(
    nghe_an: World,
) -> None:
    ha, tom = await nghe_an.member("Hà", Role.PROVINCE, "40"), await nghe_an.member("Tom", Role.PROVINCE, "40", "en")
    others = [
        await nghe_an.member("Thu", Role.PROVINCE, "42"),
        await nghe_an.member("Ba", Role.WARD_CHIEF, "40001"),
        await nghe_an.member("Tư", Role.ADMIN, "40"),
    ]
    await ready(nghe_an)
    nghe_an.hush()
    assert await nghe_an.act(lambda unit: province_month.send(unit, "40", SETTLED)) == 2
    [notice], [english] = nghe_an.sent_to(ha), nghe_an.sent_to(tom)
    assert lines(notice) == [
        "📊 Báo cáo tháng 11/2026, Nghệ An",
        "🗓 15/10/2026 - 14/11/2026",
        "Lộ trình đến cuối kỳ: thí điểm 0, đăng ký 0, công nhận 0 phường.",
        "4/4 phường đủ số liệu. Tiếp nhận tin đúng hạn: 79,5 %. Tháng trước: 79,5 %.",
        "Kiểm tra an toàn: không có. Ít tin chưa chắc ít việc.",
        "✅ Số đã chốt, xem lại vẫn thế.",
    ]
    assert english.params["text"].startswith("📊 Report of month 11/2026, Nghệ An")
    assert (notice.lane, notice.private) == (Lane.REMINDER, True)
    buttons = [button for row in notice.buttons for button in row]
    assert [(button.digit, button.press) for button in buttons] == [
        ("1", "v.part:2026-11-14:advantages"),
        ("2", "v.part:2026-11-14:difficulties"),
        ("3", "v.part:2026-11-14:next_tasks"),
        ("4", "v.paper:2026-11-14:png:0"),
        ("5", "v.paper:2026-11-14:xlsx:0"),
        ("6", "v.paper:2026-11-14:docx:0"),
        ("7", "v.wards:2026-11-14:0"),
    ]
    assert [nghe_an.heard_by(other) for other in others] == [[]] * 3


async def test_nothing_is_sent_without_a_month_a_reader_or_an_installation_then(nghe_an: World) -> None:
    await ready(nghe_an)
    assert await nghe_an.act(lambda unit: province_month.send(unit, "40", SETTLED)) == 0
    await nghe_an.member("Hà", Role.PROVINCE, "40")
    nghe_an.hush()
    assert await nghe_an.act(lambda unit: province_month.send(unit, "40", SETTLED - timedelta(days=1))) == 0
    async with nghe_an.unit() as unit:
        await meta.put(unit.tx, meta.FIRST_DAY, "2026-11-15")
    assert await nghe_an.act(lambda unit: province_month.send(unit, "40", SETTLED)) == 0
    assert (nghe_an.posts, await nghe_an.rows("snapshots")) == ([], [])
    refused = await refusal(report(nghe_an))
    assert (refused.code, refused.params["day"]) == ("report.before_installation", date(2026, 11, 14))


async def test_what_was_frozen_stays_whatever_comes_late(nghe_an: World) -> None:
    await ready(nghe_an)
    first = await report(nghe_an)
    assert first.as_of == date(2026, 11, 14)
    await plant(nghe_an, NOVEMBER, {"40001": received(90, 90)})
    async with nghe_an.unit() as unit:
        told = {"id": "x", "unit": "40001", "name": "roadmap.pilot", "value": 1, "as_of": "2026-03-16"}
        unit.reported.save(Reported.model_validate({**told, "source": "16/3/2026"}))
        ward = await unit.places.find("40002")
        assert ward is not None
        unit.places.save(ward.model_copy(update={"name": "Tên mới"}))
    nghe_an.pass_time(days=90)
    again = await report(nghe_an)
    assert again.model_dump_json() == first.model_dump_json()
    assert await nghe_an.read(lambda unit: province_month.read(unit, "40", NOVEMBER)) == first
    assert (await report(nghe_an, Month(2027, 1))).order != first.order, "another month is drawn up anew"


async def test_a_month_with_days_missing_says_so_and_is_frozen_when_they_are_there(nghe_an: World) -> None:
    ha = await nghe_an.member("Hà", Role.PROVINCE, "40")
    await ready(nghe_an)
    await plant(nghe_an, NOVEMBER, {"40003": FACTS["40003"]}, days=29)
    nghe_an.hush()
    await nghe_an.act(lambda unit: province_month.send(unit, "40", SETTLED))
    [notice] = nghe_an.sent_to(ha)
    assert lines(notice)[-4:] == [
        "3/4 phường đủ số liệu. Tiếp nhận tin đúng hạn: chưa rõ. Tháng trước: 79,5 %.",
        "Kiểm tra an toàn: chưa rõ. Ít tin chưa chắc ít việc.",
        "Chưa đủ số liệu ở 1 phường: An Hòa",
        "⏳ Tháng chưa chốt vì còn phường chưa đủ số liệu. Có số chậm nhất 25/12/2026.",
    ]
    waiting = await report(nghe_an)
    assert not waiting.month.ready
    assert set(waiting.month.columns["tips_valuable"].cells.values()) == {None}, "all wards together or none"
    assert "report/monthly" not in {row["kind"] for row in await nghe_an.rows("snapshots")}
    await plant(nghe_an, NOVEMBER, {"40003": FACTS["40003"]})
    assert (await report(nghe_an)).month.ready
    assert "report/monthly" in {row["kind"] for row in await nghe_an.rows("snapshots")}


async def test_days_that_will_never_be_counted_are_waited_for_no_longer_than_was_said(nghe_an: World) -> None:
    await ready(nghe_an)
    await plant(nghe_an, NOVEMBER, {"40003": FACTS["40003"]}, days=29)
    by = (await report(nghe_an)).month.ready_by
    at(nghe_an, by - timedelta(days=1))
    assert not (await report(nghe_an)).month.ready
    at(nghe_an, by)
    made = await report(nghe_an)
    assert (made.month.ready, made.month.days["40003"]) == (True, 29)


@pytest.mark.parametrize(
    ("code", "month", "refused"),
    [("40001", NOVEMBER, "province.unknown"), ("40", Month(2026, 12), "province.not_settled")],
)
async def test_what_is_no_month_of_a_province_is_refused(nghe_an: World, code: str, month: Month, refused: str) -> None:
    await ready(nghe_an)
    assert (await refusal(nghe_an.act(lambda unit: province_month.report(unit, code, month)))).code == refused
    assert (await refusal(nghe_an.read(lambda unit: province_month.read(unit, code, month)))).code == refused


async def test_an_officers_texts_are_kept_between_drafts_beside_what_is_frozen(nghe_an: World) -> None:
    await ready(nghe_an)
    before = await report(nghe_an)

    async def write(told: dict[str, str]) -> None:
        await nghe_an.act(lambda unit: province_month.write(unit, "40", NOVEMBER, told, None))

    await write({"difficulties": "Thiếu xe", "advantages": "Dân giúp"})
    await write({"difficulties": "Thiếu người", "advantages": ""})
    kept = await nghe_an.read(lambda unit: province_month.texts(unit, "40", NOVEMBER))
    assert kept == {Part.DIFFICULTIES: "Thiếu người"}
    assert await nghe_an.read(lambda unit: province_month.texts(unit, "40", OCTOBER)) == {}
    assert await report(nghe_an) == before
    assert "Thiếu".encode() not in b"".join(bytes(row["body"]) for row in await nghe_an.rows("report_texts"))
    assert (await refusal(write({"overdue_reason": "x"}))).code == "report.text_unknown"
    assert (await refusal(write({"next_tasks": "x" * (LONGEST_TEXT + 1)}))).code == "report.text_long"


# One table of a month, whoever asks and whenever: two of them would tell what each hides.

LATE = {**FACTS, "40004": received(3, 40)}
"""A ward of which nothing was known, and that is counted after the others were told."""
WITHOUT = {ward: own for ward, own in FACTS.items() if ward != "40004"}


Published = tuple[tuple[str, ...], Column]


def told_of_the_first(*published: Published, name: str, largest: int) -> set[int]:
    """Which counts of the first ward fit everything that was published of a month, to who knows the rules."""
    wards = max((those for those, _ in published), key=len)
    return {
        counts[0]
        for counts in product(range(largest + 1), repeat=len(wards))
        if all(
            guarded(dict(zip(those, counts[: len(those)], strict=True)), name) == column for those, column in published
        )
    }


def test_two_tables_of_one_month_would_tell_a_hidden_count() -> None:
    """Why there is only one. A late ward takes the place of the one that was withheld: both together tell it all."""
    counts, four = dict(zip(WARDS, (3, 9, 8, 11), strict=True)), tuple(WARDS)
    name = next(
        name
        for name in (f"tips_received_late/2026-{number:02}" for number in range(1, 13))
        if guarded(counts, name).cells[four[3]] is Hidden.WITHHELD
    )
    first, second = (guarded({ward: counts[ward] for ward in those}, name) for those in (four[:3], four))
    assert len(told_of_the_first((four[:3], first), name=name, largest=12)) >= 3
    assert len(told_of_the_first((four, second), name=name, largest=12)) >= 3
    assert told_of_the_first((four[:3], first), (four, second), name=name, largest=12) == {3}


async def publications(world: World) -> dict[str, dict[str, Column]]:
    """Everything that can be asked of November's counts: the report, the board, the month after, open data."""
    made: dict[str, MonthTable] = {"report": (await report(world)).month, "board": (await tables(world))[1]}
    live = await world.read(lambda unit: province.board(unit, "40", month=NOVEMBER))
    made["live"] = live.month
    following = await world.read(lambda unit: province.tables(unit, "40", [*WARDS, "vinh-1"], NOVEMBER, NOVEMBER))
    made["alone"] = following[0]
    found = {name: {column: table.columns[column] for column in COLUMNS} for name, table in made.items()}
    data = await world.read(lambda unit: open_data.published(unit, "40", date(2026, 10, 15), None))
    rows = [row for row in data.rows if row.period == "2026-11"]
    cells = {row.ward: row.figures for row in rows}
    for name in COLUMNS:
        shown = found["report"][name]
        assert {ward: own[name] for ward, own in cells.items() if ward} == {ward: shown.cells[ward] for ward in WARDS}
        assert cells[None][name] == shown.total
    return found


@pytest.mark.parametrize("first", ["report", "board", "open data"])
async def test_whatever_tells_a_month_first_fixes_it_for_all_others(nghe_an: World, first: str) -> None:
    async with nghe_an.unit() as unit:
        await meta.put(unit.tx, meta.FIRST_DAY, "2026-09-15")
    await ready(nghe_an, WITHOUT)
    acts = {
        "report": lambda unit: province_month.report(unit, "40", NOVEMBER),
        "board": lambda unit: province.publish(unit, "40", OCTOBER, NOVEMBER),
        "open data": lambda unit: open_data.publish(unit, "40001", None, None),
    }
    before = await tables(nghe_an)
    await nghe_an.act(acts[first])
    await plant(nghe_an, NOVEMBER, LATE)
    await plant(nghe_an, OCTOBER, LATE)
    assert await tables(nghe_an) == before
    found = await publications(nghe_an)
    assert all(columns == found["report"] for columns in found.values())
    late = before[1].columns["tips_received_late"]
    assert (late.cells["40001"], late.cells["40004"]) == (Hidden.FEW, None)
    at(nghe_an, date(2026, 12, 23))
    december = await report(nghe_an, Month(2026, 12))
    assert december.before == before[1]


async def test_without_it_the_late_ward_would_make_another_table(nghe_an: World) -> None:
    await ready(nghe_an, WITHOUT)
    before = await tables(nghe_an)
    await plant(nghe_an, NOVEMBER, LATE)
    assert await tables(nghe_an) != before


async def test_a_month_that_is_not_ready_is_not_fixed(nghe_an: World) -> None:
    await ready(nghe_an)
    await plant(nghe_an, NOVEMBER, {"40003": FACTS["40003"]}, days=29)
    await nghe_an.act(lambda unit: province.publish(unit, "40", OCTOBER, NOVEMBER))
    assert [row["period"] for row in await nghe_an.rows("snapshots")] == ["2026-10"]
    october, november = await tables(nghe_an)
    assert (october.ready, november.ready) == (True, False)


async def test_a_month_of_which_nothing_is_known_is_left_open_for_nights_that_are_caught_up(nghe_an: World) -> None:
    at(nghe_an, SETTLED)
    made = await report(nghe_an)
    assert (made.month.ready, made.month.final) == (True, False)
    assert await nghe_an.rows("snapshots") == []
    text = written.month_text(made, words("vi"))
    assert "0/4 phường đủ số liệu" in text
    assert "chốt" not in text
    await plant(nghe_an, NOVEMBER, FACTS)
    assert (await report(nghe_an)).month.final


async def test_a_ward_that_joins_later_has_no_figures_of_a_month_that_was_told(nghe_an: World) -> None:
    await ready(nghe_an)
    await report(nghe_an)
    async with nghe_an.unit() as unit:
        ward = await unit.places.find("40001")
        assert ward is not None
        unit.places.save(ward.model_copy(update={"code": "40009", "name": "Mới"}))
    board = await nghe_an.read(lambda unit: province.board(unit, "40", by_completeness=True))
    assert board.order[0] == ("40009", "Mới")
    assert board.month.days["40009"] == 0
    assert "40009" not in board.month.columns["tips_valuable"].cells
    assert ("40009", "Mới") not in (await report(nghe_an)).order


# The slot: once for a province and month, whatever happens.


async def slots(world: World) -> list[tuple[str, str]]:
    return sorted((row["unit"], row["period"]) for row in await world.rows("slots") if row["job"] == JOB.name)


async def test_it_leaves_once_on_its_morning_at_its_hour(nghe_an: World) -> None:
    ha = await nghe_an.member("Hà", Role.PROVINCE, "40")
    await ready(nghe_an)
    nghe_an.hush()
    clock, heard = Ticker(nghe_an.act, nghe_an.read, date(2026, 11, 1)), []
    for nghe_an.now in (
        datetime(2026, 11, 23, 7, 29, tzinfo=VIETNAM),
        datetime(2026, 11, 23, 7, 30, tzinfo=VIETNAM),
        datetime(2026, 11, 23, 7, 31, tzinfo=VIETNAM),
        datetime(2026, 11, 23, 7, 29, tzinfo=VIETNAM),
        datetime(2026, 12, 5, 9, tzinfo=VIETNAM),
    ):
        await clock.tick()
        heard.append(nghe_an.heard_by(ha))
    assert heard == [[], ["province.sent"], [], [], []]
    assert await slots(nghe_an) == [("40", "2026-11-23"), ("42", "2026-11-23")]
    assert clock.failures == 0
    assert await nghe_an.act(lambda unit: run_by_hand(unit, JOB.name, SETTLED)) == 0


async def test_after_a_pause_it_is_made_up_for_and_after_the_next_month_no_more(nghe_an: World) -> None:
    ha = await nghe_an.member("Hà", Role.PROVINCE, "40")
    await ready(nghe_an)
    nghe_an.hush()
    at(nghe_an, SETTLED + JOB.grace)
    await Ticker(nghe_an.act, nghe_an.read, date(2026, 11, 1)).tick()
    assert nghe_an.heard_by(ha) == ["province.sent"]
    await Ticker(nghe_an.act, nghe_an.read, date(2026, 11, 1)).tick()
    assert nghe_an.heard_by(ha) == []
    assert JOB.days(datetime(2026, 12, 23, 7, 29, tzinfo=VIETNAM), date(2026, 1, 1)) == []
    assert JOB.days(datetime(2026, 12, 23, 7, 30, tzinfo=VIETNAM), date(2026, 1, 1)) == [date(2026, 12, 23)]


class Killed(Exception):
    """The process dies here."""


async def test_killed_between_its_steps_it_has_done_nothing_and_does_all_the_next_time(nghe_an: World) -> None:
    ha = await nghe_an.member("Hà", Role.PROVINCE, "40")
    await ready(nghe_an)
    nghe_an.hush()

    async def dies_before_its_commit(unit: Unit) -> None:
        assert await run_slots(unit, JOB, ("40",), SETTLED)
        await unit.flush()
        raise Killed

    with pytest.raises(Killed):
        await nghe_an.act(dies_before_its_commit)
    assert (await slots(nghe_an), await nghe_an.rows("snapshots"), await nghe_an.rows("outbox")) == ([], [], [])
    assert await nghe_an.act(lambda unit: run_slots(unit, JOB, ("40",), SETTLED))
    assert not await nghe_an.act(lambda unit: run_slots(unit, JOB, ("40",), SETTLED))
    assert nghe_an.heard_by(ha) == ["province.sent"]
    kinds = sorted((row["kind"], row["period"]) for row in await nghe_an.rows("snapshots"))
    assert kinds == [
        ("province/month", "2026-10"),
        ("province/month", "2026-11"),
        ("report/monthly", "2026-10-15/2026-11-14"),
    ]


async def test_two_processes_send_it_once(nghe_an: World, db_url: str) -> None:
    ha = await nghe_an.member("Hà", Role.PROVINCE, "40")
    await ready(nghe_an)
    nghe_an.hush()
    async with beside(nghe_an, db_url) as other:
        ran = await asyncio.gather(
            *(world.act(lambda unit: run_slots(unit, JOB, ("40",), SETTLED)) for world in (nghe_an, other))
        )
        assert sorted(ran) == [0, 1]
        assert len(nghe_an.sent_to(ha) + other.sent_to(ha)) == 1
