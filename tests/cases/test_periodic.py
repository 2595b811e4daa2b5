"""Reports of periods: figures from the days, frozen once over, an officer's texts beside them, sent once."""

from datetime import date, timedelta

import pytest

from cases import nights, periodic, triage
from domain.clocks import VIETNAM
from domain.people import Role
from domain.report_kinds import ReportKind
from domain.reports import Part, PeriodReport, Verdict
from domain.spans import Span, review, span_of
from domain.tips import Category, Outcome
from locales import words
from reports import periodic as written
from tests.cases.test_figures import at
from tests.cases.world import OTHER, WARD, World, refusal

WEEK = span_of(ReportKind.WEEKLY, date(2026, 11, 18))
MONTH = span_of(ReportKind.MONTHLY, WEEK.last)


async def closed(world: World, span: Span) -> None:
    """The nights of a period, and the morning after it."""
    day = span.first
    while day <= span.last:
        at(world, day + timedelta(days=1), 0)
        await world.act(lambda unit, day=day: nights.close_day(unit, WARD, day))  # type: ignore[misc]
        day += timedelta(days=1)
    world.now = max(world.now, world.now.astimezone(VIETNAM).replace(hour=8))


async def report(world: World, span: Span = WEEK, ward: str = WARD) -> PeriodReport:
    return await world.act(lambda unit: periodic.report(unit, ward, span))


async def a_week(world: World) -> None:
    """Two tips on its Wednesday, one of them solved; its days are closed."""
    nam, lan = await world.officer(), await world.resident()
    at(world, date(2026, 11, 18), 9)
    first = await world.tip(lan)
    await world.tip(lan, category=Category.SCAM)
    async with world.unit() as unit:
        await triage.receive(unit, nam, first.tip.id)
        await triage.end(unit, nam, first.tip.id, Outcome.RESOLVED)
    await closed(world, WEEK)


async def test_a_week_is_the_sum_of_its_days_and_ends_as_its_last_day_did(world: World) -> None:
    await a_week(world)
    made = await report(world)
    assert (made.ward_name, made.province, made.finished, made.known) == ("phường Bắc Hồng", "Hà Tĩnh", True, 7)
    counts = {name: made.count(f"tips.{name}") for name in ("opened", "closed", "solved", "open", "overdue")}
    assert counts == {"opened": 2, "closed": 1, "solved": 1, "open": 1, "overdue": 1}
    assert (made.by_kind, made.by_outcome) == ({"drugs": 1, "scam": 1}, {"resolved": 1})
    assert [None if row.facts is None else row.facts.get("tips.opened", 0) for row in made.rows] == [
        0,
        0,
        2,
        0,
        0,
        0,
        0,
    ]
    opened = made.line("tips.opened")
    assert opened is not None
    assert (opened.before.status, opened.before.verdict) == ("unknown", Verdict.UNKNOWN)


async def test_a_finished_period_is_frozen_and_told_identically_ever_after(world: World) -> None:
    await a_week(world)
    first = await report(world)
    world.pass_time(days=3)
    async with world.db.transaction() as tx:
        await tx.execute("DELETE FROM day_figures")
    assert await report(world) == first
    assert written.as_json(await report(world), {}) == written.as_json(first, {})


async def test_a_running_period_says_so_and_is_not_frozen(world: World) -> None:
    await a_week(world)
    made = await report(world, MONTH)
    assert (made.finished, made.known, made.span.days) == (False, 8, 30)
    said = written.text(made, {}, words("vi"))
    assert "⏳ Kỳ chưa chốt, số đến 08:00 ngày 23/11/2026." in said
    assert "Chỉ rõ 8/30 ngày" in said
    assert [row for row in await world.rows("snapshots") if row["kind"] == "report/monthly"] == []


async def test_a_period_whose_last_night_is_missing_is_not_frozen_before_it_was_closed(world: World) -> None:
    await closed(world, WEEK.model_copy(update={"last": WEEK.last - timedelta(days=1)}))
    at(world, WEEK.last + timedelta(days=1), 0, 1)
    waiting = await report(world)
    assert (waiting.finished, waiting.known, waiting.rows[-1].facts) == (False, 6, None)
    await world.act(lambda unit: nights.close_day(unit, WARD, WEEK.last))
    assert (await report(world)).finished
    world.now += timedelta(days=90)
    long_ago = await report(world, span_of(ReportKind.WEEKLY, date(2026, 12, 10)))
    assert (long_ago.finished, long_ago.known) == (True, 0), "nobody will ever count it"
    assert written.as_json(long_ago, {})["tips"] == {
        **dict.fromkeys(("received", "closed", "valuable", "open", "overdue", "urgent", "by_kind", "by_outcome"))
    }


async def test_texts_are_kept_between_drafts_sealed_and_beside_the_figures(world: World) -> None:
    await a_week(world)
    before = await report(world)

    async def write(told: dict[str, str]) -> None:
        await world.act(lambda unit: periodic.write(unit, WARD, WEEK, told, None))

    await write({"difficulties": "Thiếu người trực", "advantages": "Bà con giúp"})
    await write({"difficulties": "Thiếu xe", "advantages": ""})
    kept = await world.read(lambda unit: periodic.texts(unit, WARD, WEEK))
    assert kept == {Part.DIFFICULTIES: "Thiếu xe"}
    assert await world.read(lambda unit: periodic.texts(unit, WARD, MONTH)) == {}
    assert await report(world) == before
    assert "Thiếu".encode() not in b"".join(bytes(row["body"]) for row in await world.rows("report_texts"))
    assert (await refusal(write({"tips.overdue": "0"}))).code == "report.text_unknown"


async def test_the_reason_of_an_overdue_figure_stands_in_the_text_and_changes_no_figure(world: World) -> None:
    await a_week(world)
    made = await report(world)
    assert made.count("tips.overdue") == 1
    said = written.text(made, {Part.OVERDUE_REASON: "Chờ giám định"}, words("vi"))
    assert "quá hạn 1." in said
    assert said.splitlines()[-1] == "Lý do quá hạn: Chờ giám định"


async def test_reports_go_to_chief_and_duty_officers_in_their_languages(world: World) -> None:
    await a_week(world)
    chief = await world.member("Ba", Role.WARD_CHIEF, WARD, "en")
    nam, beat = await world.officer("Tư"), await world.member("Hai", Role.BEAT_OFFICER, WARD)
    world.hush()
    assert await world.act(lambda unit: periodic.send(unit, WARD, WEEK.last)) == 1
    assert await world.act(lambda unit: periodic.send(unit, WARD, WEEK.last - timedelta(days=1))) == 0
    [english], [vietnamese] = world.sent_to(chief), world.sent_to(nam)
    assert english.params["text"].startswith("Report of the week 16/11 - 22/11/2026, phường Bắc Hồng")
    assert vietnamese.params["text"].splitlines()[:2] == [
        "Báo cáo tuần 16/11 - 22/11/2026, phường Bắc Hồng",
        "🗓 16/11/2026 - 22/11/2026",
    ]
    assert vietnamese.private
    assert world.sent_to(beat) == []


@pytest.mark.parametrize(
    ("ward", "span", "code"),
    [
        ("99999", WEEK, "ward.unknown"),
        ("18115-5", WEEK, "ward.unknown"),
        (OTHER, span_of(ReportKind.YEARLY, date(2030, 1, 1)), "report.future"),
    ],
)
async def test_what_can_not_be_reported_is_refused(world: World, ward: str, span: Span, code: str) -> None:
    assert (await refusal(report(world, span, ward))).code == code


async def test_a_review_of_any_span_has_the_same_parts(world: World) -> None:
    await a_week(world)
    made = await report(world, review(ReportKind.INTERIM_REVIEW, date(2026, 11, 17), date(2026, 11, 19)))
    assert (made.count("tips.opened"), made.finished) == (2, True)
    assert (made.before.first, made.before.last) == (date(2026, 11, 14), date(2026, 11, 16))
    assert {line.measured.name for line in made.lines} >= {"tips.valuable", "check_ins.on_time"}
