"""Titles, whatever is written in whatever order: a share is never more than its whole, and the past never changes."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.entries import Entry, Level, Paper, Stage, Step, Title, Topic, Whole, Withdrawn
from domain.errors import Refused
from domain.titles import Round, Standing, check, check_whole, key_of, next_stages, stand

ROUND = Round(Title.SAFEST, Level.FAMILY, 2026)
FIRST = date(2026, 11, 1)
PAPER = Paper(number="1", day=FIRST, issuer="UBND")
STEPS = st.builds(
    Step,
    stage=st.sampled_from(Stage),
    name=st.sampled_from(["Tổ 1", "to 1", "Tổ 2"]),
    count=st.integers(1, 60),
    reason=st.sampled_from(["", "Họp", "Họp dân"]),
    paper=st.just(PAPER),
)
WHOLES = st.builds(Whole, count=st.integers(1, 100))


def on(entries: list[Entry], day: int) -> Standing:
    return stand(ROUND, entries, FIRST + timedelta(days=day))


def in_order(now: Standing, told: Step) -> Step:
    """Mostly the next stage of its candidate, so that candidates come far; told without a reason it stays as it is."""
    after = next_stages(now.find(key_of(told.name, told.unit)))
    return told.model_copy(update={"stage": after[-1 - told.count % len(after)]}) if told.reason and after else told


@given(st.lists(STEPS | WHOLES | st.integers(0, 5), max_size=25))
def test_a_share_stays_within_its_whole_and_yesterday_stays_as_it_was(said: list[Step | Whole | int]) -> None:
    entries: list[Entry] = []
    days: list[Standing] = []
    for day, what in enumerate(said):
        now = on(entries, day)
        written: Step | Whole | Withdrawn | int = what
        try:
            if isinstance(what, Step):
                written = what = in_order(now, what)
                check(now, what)
            elif isinstance(what, Whole):
                check_whole(now, what.count)
            elif what >= len(now.candidates):
                raise Refused("criteria.nothing_said")
            else:
                written = Withdrawn(entry=now.candidates[what].steps[0].id)
        except Refused:
            days.append(now)
            continue
        assert not isinstance(written, int)
        at = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), UTC)
        told = {"id": str(day), "seq": day, "at": at, "day": at.date(), "ward": "18115", "topic": Topic.TITLE}
        entries.append(Entry.model_validate({**told, "subject": ROUND.subject, "what": written}))
        days.append(on(entries, day))
    for day, then in enumerate(days):
        assert on(entries, day) == then
        counts = [then.count(stage) for stage in (Stage.RECOGNISED, Stage.ASSESSED, Stage.PROPOSED)]
        assert counts == sorted(counts)
        assert then.whole is None or counts[-1] <= then.whole
        assert (then.recognised is None) == (not then.candidates)
