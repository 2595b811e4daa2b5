"""When somebody is rung, and when they are left alone: with a clock that is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alarms import CALM, DISK_NEEDED, HOUR, MINUTE, REPEAT, Alarm, Bell, wrong
from domain.vitals import Vitals

WELL = Vitals(disk_free=DISK_NEEDED)
LATE = frozenset({Alarm.INBOX_LATE})


def test_a_well_process_rings_nobody() -> None:
    assert wrong(WELL) == frozenset()


@pytest.mark.parametrize(
    ("alarm", "still_well", "wrong_now"),
    [
        (Alarm.INBOX_LATE, {"inbox_oldest": 2 * MINUTE}, {"inbox_oldest": 2 * MINUTE + 1}),
        (Alarm.SUMMARY_MISSING, {"summaries_missing": 0}, {"summaries_missing": 1}),
        (Alarm.DISK_LOW, {"disk_free": DISK_NEEDED}, {"disk_free": DISK_NEEDED - 1}),
        (Alarm.TELEGRAM_SILENT, {"telegram_silent": 5 * MINUTE}, {"telegram_silent": 5 * MINUTE + 1}),
        (Alarm.DATABASE_SILENT, {"database_silent": MINUTE}, {"database_silent": MINUTE + 1}),
        (Alarm.DELIVERY_LATE, {"outbox_oldest": {"bulk": HOUR / 2}}, {"outbox_oldest": {"bulk": HOUR / 2 + 1}}),
        (Alarm.DELIVERY_DEAD, {"dead": 1}, {"dead": 1, "dead_lately": 1}),
        (Alarm.BACKUP_MISSING, {"backup_age": 26 * HOUR}, {"backup_age": 26 * HOUR + 1}),
        (Alarm.BACKUP_MISSING, {"backup_failed": False}, {"backup_failed": True}),
        (Alarm.PEOPLE_DAMAGED, {"people_damaged": 0}, {"people_damaged": 1}),
    ],
)
def test_each_alarm_has_its_threshold(
    alarm: Alarm, still_well: dict[str, object], wrong_now: dict[str, object]
) -> None:
    assert wrong(WELL.model_copy(update=still_well)) == frozenset()
    assert wrong(WELL.model_copy(update=wrong_now)) == {alarm}


def heard(looks: list[tuple[float, frozenset[Alarm]]]) -> list[tuple[float, str]]:
    """When what was rung, over a series of looks."""
    bell, told = Bell(), list[tuple[float, str]]()
    for now, found in looks:
        bell, rings = bell.hear(found, now)
        told += [(now, ring.kind) for ring in rings]
    return told


def test_an_alarm_rings_when_it_begins_and_when_it_is_over() -> None:
    looks = [(0.0, LATE), (15.0, LATE), (30.0, frozenset[Alarm]()), (15 + CALM, frozenset[Alarm]())]
    assert heard(looks) == [(0.0, "begins"), (15 + CALM, "over")]


def test_one_that_stands_is_told_again_every_few_hours_only() -> None:
    looks = [(at * MINUTE, LATE) for at in range(13 * 60)]
    assert heard(looks) == [(0.0, "begins"), (REPEAT, "goes_on"), (2 * REPEAT, "goes_on")]


def test_one_that_comes_and_goes_rings_once() -> None:
    looks = [(at * MINUTE, LATE if at % 2 else frozenset[Alarm]()) for at in range(60)]
    assert heard(looks) == [(MINUTE, "begins")]


@given(st.lists(st.tuples(st.floats(1, 7 * HOUR), st.frozensets(st.sampled_from(Alarm))), max_size=60))
def test_beginnings_and_ends_take_turns(steps: list[tuple[float, frozenset[Alarm]]]) -> None:
    bell, now, standing = Bell(), 0.0, set[Alarm]()
    for pause, found in steps:
        now += pause
        bell, rings = bell.hear(found, now)
        for ring in rings:
            assert (ring.alarm in standing) == (ring.kind != "begins")
            (standing.discard if ring.kind == "over" else standing.add)(ring.alarm)
        assert found <= standing == set(bell.standing)
