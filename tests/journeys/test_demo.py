"""What the demo page says of the database is what stands there."""

from bot.demo import held_of
from locales import words
from tests.journeys.town import Town, begin


async def test_the_sealed_bytes_shown_are_those_that_are_stored(town: Town) -> None:
    lan = await town.resident("Lan")
    await begin(lan)
    seen = await town.app.read(lambda unit: held_of(unit, lan.id, words("vi")))
    shown = {row["table"]: row["shown"].partition("…")[2] for row in seen}
    assert set(shown) == {"contacts", "talks"}
    async with town.app.db.reading() as tx:
        for table, end in shown.items():
            stored = [row["body"].hex() for row in await tx.fetch(f"SELECT body FROM {table}")]
            assert len(end) == 16
            assert any(body.endswith(end) for body in stored)
