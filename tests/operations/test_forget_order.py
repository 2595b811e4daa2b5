"""The night takes the order of arrival from tables that have one, before its backup."""

from pathlib import Path

from domain.clocks import VIETNAM
from tests.operations.conftest import Home, installed


async def test_every_night_forgets_who_came_first(postgres_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path, postgres_url)
    await installed(home.settings)
    home.tomorrow(3, 6)
    async with home.open() as app:
        for key in (b"c", b"a", b"b"):
            async with app.db.transaction() as tx:
                await tx.execute("INSERT INTO talks (key, touched_at, body) VALUES (:key, 0, 'x')", key=key)
        task = await app.ticker.begin_chores()
        assert task is not None
        assert await task
        async with app.db.reading() as tx:
            rows = await tx.fetch("SELECT key, xmin::text AS xmin FROM talks ORDER BY ctid")
            slots = await tx.fetch("SELECT period FROM slots WHERE job = 'forget_order'")
        assert [row["key"] for row in rows] == [b"a", b"b", b"c"]
        assert len({row["xmin"] for row in rows}) == 1
        assert [row["period"] for row in slots] == [home.now.astimezone(VIETNAM).date().isoformat()]


async def test_a_night_in_which_it_fails_still_has_its_backup(postgres_url: str, tmp_path: Path) -> None:
    home = Home(tmp_path, postgres_url)
    await installed(home.settings)
    home.tomorrow(3, 30)
    async with home.open() as app:
        async with app.db.transaction() as tx:
            await tx.execute(
                "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
            )
            await tx.execute("CREATE TRIGGER no BEFORE UPDATE ON talks EXECUTE FUNCTION no()")
        task = await app.ticker.begin_chores()
        assert task is not None
        assert await task
    assert len(list((home.settings.data_dir / "backups").iterdir())) == 1
