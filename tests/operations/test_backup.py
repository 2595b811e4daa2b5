"""A restored backup is the same data on either database; what was erased stays erased; nothing is lost on the way."""

import asyncio
import os
import re
import sqlite3
import tarfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.build import App
from bot.restoring import put_back
from domain.errors import Refused
from domain.pieces import FileRef
from storage.archive import KEY_TABLES, Member, Reader, head_of
from storage.bulk import snapshot
from storage.files import read_file, write_file
from storage.lock import DataLock
from storage.migrate import migrate, revisions
from storage.unit import Unit
from storage.url import DatabaseUrl
from tests.operations.conftest import Home, installed, settings_in
from tests.operations.story import told, withdrawn, words_of


@pytest.fixture(params=["sqlite", "postgresql"])
async def town(request: pytest.FixtureRequest, home: Home, tmp_path: Path) -> Home:
    """An installation on either database."""
    if request.param == "postgresql":
        home.url = request.getfixturevalue("postgres_url")
        (home.folder / "keys" / "master.key").unlink()
        await installed(settings_in(home.folder, home.url))
    return home


def digests(home: Home) -> dict[str, Member]:
    """Rows and hash of every table."""
    with snapshot(DatabaseUrl.parse(home.settings.database_url)) as bulk:
        return bulk.digests()


def other(home: Home, url: str) -> Home:
    """The same master key, another place."""
    folder = home.folder.with_name("elsewhere")
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "master.key").write_bytes((home.folder / "keys" / "master.key").read_bytes())
    return Home(folder, url, home.now)


async def with_a_file(app: App, home: Home) -> FileRef:
    """A picture that was fetched."""

    async def order(unit: Unit) -> FileRef:
        return unit.files.mint("photo", "telegrams-id")

    ref = await app.in_unit(order)
    write_file(home.settings.data_dir / "files", ref, b"a picture" * 1000)
    async with app.db.transaction() as tx:
        await tx.execute("UPDATE files SET state = 'ready', task = NULL WHERE id = :id", id=ref.id)
    return ref


async def test_a_restored_backup_is_the_same_data_table_by_table(town: Home, tmp_path: Path) -> None:
    file = tmp_path / "all.anphuong"
    async with town.open() as app:
        tips = [await told(app, f"Chuyện số {n}") for n in range(50)]
        ref = await with_a_file(app, town)
        before = digests(town)
        await app.backups.by_hand(file)
        await told(app, "Chuyện sau khi sao lưu")
        assert digests(town) != before
    await put_back(town.settings, file)
    assert digests(town) == before
    assert before["tips"].rows == len(tips)
    async with town.open() as app:
        assert await words_of(app, tips[7]) == ["Chuyện số 7"]
        assert await read_file(town.settings.data_dir / "files", ref) == b"a picture" * 1000
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("there_first", ["sqlite", "postgresql"])
async def test_a_backup_of_one_database_restores_into_the_other(
    home: Home, postgres_url: str, tmp_path: Path, there_first: str
) -> None:
    file, far = tmp_path / "all.anphuong", other(home, postgres_url)
    async with home.open() as app:
        tip = await told(app, "Nhà cuối hẻm")
        ref = await with_a_file(app, home)
        before = digests(home)
        await app.backups.by_hand(file)
    await put_back(far.settings, file)
    assert digests(far) == before
    if there_first == "postgresql":
        async with far.open() as app:
            await told(app, "Thêm một chuyện")
            before = digests(far)
            await app.backups.by_hand(file)
        await put_back(home.settings, file)
        far = home
        assert digests(home) == before
    async with far.open() as app:
        assert await words_of(app, tip) == ["Nhà cuối hẻm"]
        assert await read_file(far.settings.data_dir / "files", ref) is not None


async def test_a_tip_that_was_erased_after_a_backup_cannot_be_read_after_restoring_it(
    town: Home, tmp_path: Path
) -> None:
    file = tmp_path / "older.anphuong"
    async with town.open() as app:
        kept, gone = await told(app, "Tin được giữ"), await told(app, "Tin đã rút")
        await app.backups.by_hand(file)
        await withdrawn(app, gone)
    await put_back(town.settings, file)
    async with town.open() as app:
        assert await words_of(app, kept) == ["Tin được giữ"]
        assert await words_of(app, gone) is None


async def test_a_newer_backup_takes_the_keys_out_of_older_ones(town: Home, tmp_path: Path) -> None:
    older, newer = tmp_path / "older.anphuong", tmp_path / "newer.anphuong"
    async with town.open() as app:
        kept, gone = await told(app, "Tin được giữ"), await told(app, "Tin đã rút")
        await app.backups.by_hand(older)
        assert keys_in(older) == 2
        await withdrawn(app, gone)
        town.now += timedelta(hours=1)
        await app.backups.by_hand(newer)
    assert keys_in(older) is None, "nobody opens with it what was erased since, not with the master key either"
    assert keys_in(newer) == 1
    # On a machine that knows nothing: the older one needs the newest beside it, and then opens all but what was erased.
    fresh = other(town, f"sqlite:///{tmp_path}/elsewhere/data/anphuong.db")
    moved = tmp_path / "alone" / "older.anphuong"
    moved.parent.mkdir()
    moved.write_bytes(older.read_bytes())
    with pytest.raises(Refused) as caught:
        await put_back(fresh.settings, moved)
    assert caught.value.code == "backup.keys_gone"
    await put_back(fresh.settings, older)
    async with fresh.open() as app:
        assert await words_of(app, kept) == ["Tin được giữ"]
        assert await words_of(app, gone) is None


def keys_in(file: Path) -> int | None:
    """How many keys of tips an archive holds; None when they were taken away."""
    with closing(Reader(file)) as reader:
        return sum(len(rows) for _, rows in reader.rows("keys/tip_keys")) if reader.has_keys else None


async def test_what_is_no_backup_or_not_whole_is_refused_and_nothing_changes(home: Home, tmp_path: Path) -> None:
    file, bad = tmp_path / "good.anphuong", tmp_path / "bad.anphuong"
    async with home.open() as app:
        await told(app, "Một chuyện")
        await app.backups.by_hand(file)
    before, whole = digests(home), file.read_bytes()
    with tarfile.open(file) as tar:
        spot = tar.getmember("tables/tips.rows.gz").offset_data
    damages = {
        "backup.not_ours": [b"", b"x" * 5000, whole[:100]],
        "backup.damaged": [
            whole[:-2000],  # cut off
            whole[: len(whole) // 2],
            *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(spot + 10, spot + 40, 3)),
        ],
        "backup.newer": [whole.replace(b'"format":1', b'"format":9', 1)],
        "database.newer": [whole.replace(b'"revision":"0', b'"revision":"9', 1)],
        "backup.other_key": [re.sub(rb'"key_check":".', b'"key_check":"z', whole, count=1)],
    }
    for code, contents in damages.items():
        for content in contents:
            bad.write_bytes(content)
            with pytest.raises(Refused) as caught:
                await put_back(home.settings, bad)
            assert caught.value.code == code
            assert digests(home) == before
    for strange in (tmp_path / "nothing", tmp_path):
        with pytest.raises(Refused, match="unreadable"):
            await put_back(home.settings, strange)
    assert not list(home.settings.data_dir.glob("*restoring*"))


async def test_a_restore_beside_a_serving_process_is_refused(home: Home, tmp_path: Path) -> None:
    async with home.open() as app:
        await app.backups.by_hand(tmp_path / "a.anphuong")
    with DataLock(home.settings.data_dir), pytest.raises(Refused) as caught:
        await put_back(home.settings, tmp_path / "a.anphuong")
    assert caught.value.code == "database.in_use"


async def test_a_backup_holds_no_master_key_and_leaves_nothing_when_it_fails(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    async with home.open() as app:
        await app.backups.by_hand(folder / "a.anphuong")
        assert (home.folder / "keys" / "master.key").read_bytes().strip() not in (folder / "a.anphuong").read_bytes()
        before = (folder / "a.anphuong").read_bytes()
        async with app.db.transaction() as tx:
            await tx.execute("ALTER TABLE tips RENAME TO hidden")
        with pytest.raises(Refused) as caught:
            await app.backups.by_hand(folder / "a.anphuong")
        assert (caught.value.code, app.backups.failed) == ("backup.failed", True)
        assert [path.name for path in folder.iterdir()] == ["a.anphuong"]
        assert (folder / "a.anphuong").read_bytes() == before
        (folder / "mine.txt").write_text("not a backup")
        for code, target in (("backup.in_the_way", folder / "mine.txt"), ("file.unwritable", folder / "no" / "a")):
            with pytest.raises(Refused) as caught:
                await app.backups.by_hand(target)
            assert caught.value.code == code
        async with app.db.transaction() as tx:
            await tx.execute("ALTER TABLE hidden RENAME TO tips")


async def test_every_night_has_its_backup_and_seven_stay(home: Home) -> None:
    async with home.open() as app:
        await told(app, "Một chuyện")
        for _ in range(9):
            home.now += timedelta(days=1)
            task = await app.ticker.begin_chores()
            assert task is not None
            assert await task
            assert await app.ticker.begin_chores() is None, "once a night"
        nights = sorted((home.settings.data_dir / "backups").iterdir())
        assert [night.name for night in nights] == [f"night-2026-11-{day}.anphuong" for day in range(23, 30)]
        assert [keys_in(night) for night in nights] == [None] * 6 + [1]


async def test_a_night_made_up_for_later_keeps_its_keys(home: Home) -> None:
    async with home.open() as app:
        tip = await told(app, "Một chuyện")
        for day in (*range(20, 28), 1):
            await app.backups.of_night(date(2026, 11, day))
        nights = home.settings.data_dir / "backups"
        held = {path.name[-11:-9]: keys_in(path) for path in nights.iterdir()}
    assert held == {"01": 1, **{str(day): None for day in range(22, 28)}}, "what was made last is what can be restored"
    await put_back(home.settings, nights / "night-2026-11-01.anphuong")
    async with home.open() as app:
        assert await words_of(app, tip) == ["Một chuyện"]


async def test_a_backup_of_another_installation_is_left_alone(home: Home, tmp_path: Path) -> None:
    file, pipe = tmp_path / "all.anphuong", tmp_path / "pipe"
    far = Home(tmp_path / "far")
    await installed(far.settings)
    async with far.open() as app:
        await app.backups.by_hand(file)
    theirs = file.read_bytes()
    os.mkfifo(pipe)
    async with home.open() as app:
        for target in (file, pipe):
            with pytest.raises(Refused) as caught:
                await app.backups.by_hand(target)
            assert caught.value.code == "backup.in_the_way"
    assert file.read_bytes() == theirs


async def test_a_backup_that_is_broken_off_leaves_no_half_with_keys(home: Home, tmp_path: Path) -> None:
    half = tmp_path / "a.anphuong.part"
    async with home.open() as app:
        for n in range(20):
            await told(app, f"Chuyện {n} " + "dài " * 500)
        making = asyncio.create_task(app.backups.by_hand(tmp_path / "a.anphuong"))
        async with asyncio.timeout(20):
            while not half.exists():  # noqa: ASYNC110 -- a file rings no bell
                await asyncio.sleep(0)
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)
    assert not half.exists()


async def test_a_backup_keeps_no_writer_waiting_and_is_of_one_moment(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a.anphuong"
    async with home.open() as app:
        for n in range(20):
            await told(app, f"Chuyện {n}")
        making = asyncio.create_task(app.backups.by_hand(file))
        written = 0
        while not making.done():
            await told(app, "Chuyện giữa chừng")
            written += 1
        await making
        assert written > 5
    with closing(Reader(file)) as reader:
        rows = {
            name: reader.manifest.members[name].rows for name in ("tables/tips", "keys/tip_keys", "tables/tip_parts")
        }
    assert len(set(rows.values())) == 1, "each tip with its key and its words"
    assert 20 <= rows["tables/tips"] <= 20 + written


async def test_what_was_there_is_set_aside_whole(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a.anphuong"
    async with home.open() as app:
        await app.backups.by_hand(file)
        await told(app, "Chuyện sau khi sao lưu")
        ref = await with_a_file(app, home)
    before = digests(home)
    await put_back(home.settings, file)
    [aside] = home.settings.data_dir.glob("set-aside-*")
    with snapshot(DatabaseUrl.parse(f"sqlite:///{aside}/anphuong.db")) as bulk:
        assert bulk.digests() == before
    assert await read_file(aside / "files", ref) is not None
    assert aside.stat().st_mode & 0o777 == 0o700


async def test_a_damaged_database_is_no_hindrance(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a.anphuong"
    async with home.open() as app:
        tip = await told(app, "Một chuyện")
        await app.backups.by_hand(file)
    (home.settings.data_dir / "anphuong.db").write_bytes(b"no database any more" * 1000)
    await put_back(home.settings, file)
    async with home.open() as app:
        assert await words_of(app, tip) == ["Một chuyện"]


async def test_an_archive_of_an_older_schema_is_upgraded(home: Home, tmp_path: Path) -> None:
    async with home.open() as app:
        tip = await told(app, "Một chuyện")
    backups = home.settings.data_dir / "backups"
    await migrate(home.settings.database_url, backups=backups, to="0004", now=home.now)
    await migrate(home.settings.database_url, backups=backups, now=home.now)
    archive = backups / f"before-{revisions()[-1]}.anphuong"
    head = head_of(archive)
    assert head is not None
    assert (head.revision, head.files) == ("0004", False)
    with closing(sqlite3.connect(home.settings.data_dir / "anphuong.db")) as db, db:
        db.execute("DELETE FROM tip_parts")
    await put_back(home.settings, archive)
    async with home.open() as app:
        assert await words_of(app, tip) == ["Một chuyện"]
    assert set(KEY_TABLES) <= set(digests(home))
