"""Figures at scale, short form: what the product counts is what is counted of the events; times are printed."""

import random
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from cases import figures
from domain.periods import OFFICIAL, days_between, month_days, month_of
from tests.torture.figures import measure, prepared
from tests.torture.many_tips import LAST, Scale, Tips, additive

SCALE = Scale(tips=1_500, wards=12, days=45)


async def test_figures_of_many_tips_are_what_their_events_say(tmp_path: Path) -> None:
    there, lines = await measure(await prepared(tmp_path, SCALE), SCALE, times=2)
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        chance = random.Random(3)
        tips = Tips(SCALE)
        all_tips = [tips.of(number) for number in range(SCALE.tips)]
        for ward in chance.sample(SCALE.codes, 5):
            whole = await there.read(lambda unit, ward=ward: figures.period(unit, ward, SCALE.first, LAST))  # type: ignore[misc]
            mine = [tip for tip in all_tips if tip["ward"] == ward]
            assert whole.known == whole.days == SCALE.days
            assert whole.facts["tips.opened"] == len(mine)
            assert whole.facts["tips.open"] == sum(tip["closed"] is None for tip in mine)
            assert whole.facts["tips.closed"] == sum(tip["closed"] is not None for tip in mine)
            assert whole.facts.get("tips.valuable", 0) == sum(tip["valuable"] for tip in mine)
        for day in (SCALE.first, LAST - timedelta(days=20)):
            filled = await there.read(lambda unit, day=day: unit.figures.of_all(day))  # type: ignore[misc]
            await there.act(lambda unit, day=day: figures.recount(unit, SCALE.codes, day))  # type: ignore[misc]
            again = await there.read(lambda unit, day=day: unit.figures.of_all(day))  # type: ignore[misc]
            assert {ward: additive(facts) for ward, facts in again.items()} == {
                ward: Counter(facts) for ward, facts in filled.items()
            }
        month = month_of(LAST, OFFICIAL).moved(-1)
        first, last = month_days(month, OFFICIAL)
        days = sum([await there.tips_of(day) for day in days_between(first, last)])
        for _ in range(2):  # as it was filled, then as the product sums it
            found = await there.read(lambda unit: unit.figures.months(OFFICIAL, month, month, "tips.opened"))
            assert sum(value or 0 for [value] in found.values()) == days
            await there.act(lambda unit: figures.recount(unit, SCALE.codes, last))
    finally:
        await there.db.close()
