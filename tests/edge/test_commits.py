"""A commit that fails, and one that happens though nobody hears of it: nothing leaves too early, is lost or doubled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.build import App
from bot.installation import Bench
from bot.settings import Settings
from storage import inbox, outbox
from storage.engine import Database, Full, Gone, Transaction
from storage.vault import Vault
from tests.edge.test_dispatch import greetings
from tests.journeys.town import unserved
from tests.torture.crashing import Passed


class Unreliable(Passed):
    """`full`: so many transactions do not commit. `deaf`: each does, and says that the connection has gone."""

    full = 0
    deaf = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction() as tx:
            yield tx
            if self.full:
                self.full -= 1
                raise Full("at the commit")
        if self.deaf:
            raise Gone("after the commit")


class Shaky(App):
    """Keeps everything in an unreliable database; `left`: the numbers of messages that went to delivery."""

    def __init__(self, settings: Settings, db: Database, vault: Vault, bench: Bench, first_day: date) -> None:
        self.unreliable = Unreliable(db)
        super().__init__(settings, self.unreliable, vault, replace(bench, db=self.unreliable), first_day)
        self.left: list[int] = []
        self.outgoing.offer = lambda parcels: self.left.extend(parcel.id for parcel in parcels)

    async def owed(self) -> list[int]:
        """The numbers of what is owed."""
        async with self.db.reading() as tx:
            return await outbox.waiting(tx)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Shaky]:
    async with unserved(tmp_path, Shaky) as app:
        assert isinstance(app, Shaky)
        yield app


async def test_nothing_waits_or_leaves_that_is_not_committed(app: Shaky) -> None:
    app.unreliable.full = 1
    with pytest.raises(Full):
        await app.accept(greetings(0, 3))
    assert app.dispatch.waiting() == 0
    await app.accept(greetings(0, 3))
    for _ in range(inbox.TRIES + 1):
        app.unreliable.full = 2  # the batch, and the first update by itself: no fault of its own
        with pytest.raises(Full):
            await app.dispatch.one_batch()
    assert (app.dispatch.waiting(), app.left) == (3, [])
    await app.dispatch.one_batch()
    assert (app.dispatch.waiting(), app.dispatch.handled, app.dispatch.quarantined) == (0, 3, 0)
    assert len(app.left) == 3
    assert app.left == await app.owed()


async def test_what_is_committed_and_not_heard_of_is_neither_lost_nor_done_again(app: Shaky) -> None:
    app.unreliable.deaf = True
    with pytest.raises(Gone):
        await app.accept(greetings(0, 3))
    app.unreliable.deaf = False
    await app.accept(greetings(0, 3))  # Telegram has not been told yes, and offers them again
    assert app.dispatch.waiting() == 3
    app.unreliable.deaf = True
    await app.dispatch.one_batch()
    app.unreliable.deaf = False
    while await app.dispatch.one_batch():
        pass
    owed = await app.owed()
    assert (app.dispatch.waiting(), app.dispatch.quarantined, len(owed)) == (0, 0, 3)
    await app.outgoing.resume()
    assert sorted(app.left) == owed
