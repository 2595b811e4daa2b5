"""Backup and restore as an operator does them: beside the running process, and killed at any moment."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from bot.build import open_app
from storage.archive import Member
from storage.bulk import snapshot
from storage.url import DatabaseUrl
from tests.operations.conftest import settings_in
from tests.operations.story import told
from tests.process.forks import Forks
from tests.process.product import Product

KILLS = 2


def digests(product: Product) -> dict[str, Member]:
    """Rows and hash of every table."""
    with snapshot(DatabaseUrl.parse(product.settings["DATABASE_URL"])) as bulk:
        return bulk.digests()


async def test_a_backup_beside_the_running_process_restores_what_it_had(product: Product, tmp_path: Path) -> None:
    file = tmp_path / "all.anphuong"
    async with product.serving():
        done = await product.command("backup", str(file))
        assert (done.code, done.out, len(done.complaints)) == (0, "", 1), done
        refused = await product.command("restore", str(file))
        assert (refused.code, len(refused.complaints)) == (1, 1), refused
        assert (await product.command("units")).code == 0
    before = digests(product)
    moved = product.data.rename(tmp_path / "gone")
    done = await product.command("restore", str(file))
    assert done.code == 0, done
    assert done.complaints[-1].startswith("Restored: ")
    after = digests(product)
    assert {name for name in after if after[name] != before[name]} <= {"meta"}, "but when the last backup was made"
    async with product.serving():
        assert (await product.command("job", "backup")).code == 0
    assert (await product.command("doctor", TELEGRAM_API_URL="http://127.0.0.1:1")).code == 1
    shutil.rmtree(moved)


async def test_a_mistake_is_one_sentence(product: Product, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for args in (("restore", str(tmp_path / "mine.txt")), ("backup", str(tmp_path / "mine.txt"))):
        done = await product.command(*args)
        assert (done.code, done.out, len(done.complaints)) == (1, "", 1), done


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_killed_restore_leaves_the_old_or_the_new_whole(
    product: Product, forks: Forks, tmp_path: Path, request: pytest.FixtureRequest, engine: str
) -> None:
    product.forks = forks  # a kill hits the restoring then, not the imports before it
    if engine == "postgresql":
        product.settings["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        product.key.unlink()
        await product.install()
    file = tmp_path / "all.anphuong"
    async with open_app(settings_in(product.folder, product.settings["DATABASE_URL"])) as app:
        for n in range(100):
            await told(app, f"Chuyện {n} " + "dài " * 50)
        await app.backups.by_hand(file)
        new = digests(product)
        await told(app, "Chuyện sau khi sao lưu")
    old = digests(product)
    scratch = Product(tmp_path / "scratch", MASTER_KEY_FILE=str(product.key))
    scratch.forks = forks
    scratch.folder.mkdir()
    begun = asyncio.get_running_loop().time()
    assert (await scratch.command("restore", str(file))).code == 0
    span = asyncio.get_running_loop().time() - begun
    seen = set()
    for n in range(KILLS):
        running = await product.start("restore", str(file))
        # The first one early: on a machine that stumbles it must not come when all is done.
        await asyncio.sleep(span * (n + random.random()) / KILLS / (1 if n else 2))
        await running.kill()
        found = digests(product)
        tables = {name for name in found if name != "meta"}
        is_old = all(found[name] == old[name] for name in tables)
        assert is_old or all(found[name] == new[name] for name in tables)
        seen.add(is_old)
        if not is_old:
            break
    assert True in seen, "at least one kill came in time"
    assert (await product.command("restore", str(file))).code == 0
    assert all(digests(product)[name] == new[name] for name in new if name != "meta")


async def test_a_killed_backup_leaves_nothing_in_the_way(product: Product, tmp_path: Path) -> None:
    file = tmp_path / "all.anphuong"
    running = await product.start("backup", str(file))
    half = tmp_path / "all.anphuong.part"
    async with asyncio.timeout(20):
        while not half.exists() and not file.exists():  # noqa: ASYNC110 -- a file rings no bell
            await asyncio.sleep(0.002)
    await running.kill()
    assert (await product.command("backup", str(file))).code == 0
    assert not half.exists()
