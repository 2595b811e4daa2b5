"""A file that was sent is fetched once, whatever goes wrong on the way, and only its clean copy is ever kept."""

import asyncio
import base64
import itertools
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args

import pytest

from bot.cleaning import Clean
from bot.fetching import Fetching
from domain.pieces import FileRef
from simulator.faults import Kind
from storage.files import StoredFile, write_file
from tests.files import corpus
from tests.files.conftest import Desk, eventually


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_every_kind_of_file_is_fetched_and_read_by_who_holds_its_key(desk: Desk) -> None:
    refs = {
        "image/jpeg": await desk.sent("photo", corpus.photo()),
        "video/mp4": await desk.sent("video", corpus.film()),
        "audio/ogg": await desk.sent("voice", corpus.voice()),
        "application/pdf": await desk.sent("document", corpus.paper(), name="../../etc/passwd.pdf"),
    }
    async with desk.running():
        for media, ref in refs.items():
            row = await desk.until(ref, "ready")
            data = await desk.read(ref)
            assert data is not None
            assert (row.state, row.media, row.size, row.task) == ("ready", media, len(data), None)
            assert corpus.leaks(data) == []
    assert len(desk.on_disk()) == len(refs)
    assert desk.sim.violations == []


async def test_a_document_is_what_its_bytes_say_not_its_name(desk: Desk) -> None:
    picture = await desk.sent("document", corpus.photo(), name="report.pdf", mime="application/pdf")
    page = await desk.sent("document", b"<html><script>alert(1)</script></html>", name="photo.jpg", mime="image/jpeg")
    async with desk.running():
        assert (await desk.until(picture, "ready")).media == "image/jpeg"
        assert (await desk.until(page, "failed")).reason == "unsupported"
    assert await desk.read(page) is None


async def test_nothing_of_the_original_nor_its_id_nor_its_time_is_left(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    originals = (("photo", corpus.photo()), ("document", corpus.png()), ("video", corpus.film()))
    archive = corpus.polyglot()[len(corpus.photo()) :]
    caplog.set_level(logging.DEBUG)  # from here on: Pillow, in this process, has made the originals
    refs, ids = [], []
    for kind, raw in originals:
        refs.append(await desk.sent(kind, raw))
        ids.append(desk.file_id().encode())
    bad = await desk.sent("document", archive)
    ids.append(desk.file_id().encode())
    keys = [ref.key.encode() for ref in (*refs, bad)]
    keys += [base64.b64decode(key) for key in keys]
    async with desk.running():
        for ref in refs:
            await desk.until(ref, "ready")
        await desk.until(bad, "failed")
    assert desk.traces(*corpus.WORDS, *corpus.NUMBERS, *ids, *keys, b"\xff\xd8\xff", b"ftypisom") == []
    assert not [word for word in (*corpus.WORDS, *ids, *keys) if word.decode("latin-1") in caplog.text]
    for path in (*desk.on_disk(), *(path.parent for path in desk.on_disk()), desk.folder):
        assert path.stat().st_mtime == 0
        assert path.stat().st_mode & 0o077 == 0


async def test_the_scan_for_traces_finds_a_planted_one(desk: Desk) -> None:
    (desk.data / "planted.txt").write_bytes(b"x" + corpus.SERIAL)
    assert desk.traces(*corpus.WORDS) == [("planted.txt", corpus.SERIAL)]


async def test_what_is_too_big_for_telegram_or_gone_from_it_ends_with_a_reason(desk: Desk) -> None:
    big = await desk.sent("video", corpus.film(), size=25 * 1024 * 1024)
    bomb = await desk.sent("document", corpus.bomb())
    unknown = await desk.order("photo", "AgACAgUAAxkBAAIB")
    async with desk.running():
        assert (await desk.until(big, "failed")).reason == "too_big"
        assert (await desk.until(bomb, "failed")).reason == "too_big"
        row = await desk.until(unknown, "failed")
    assert (row.reason, row.task, row.tries) == ("vanished", None, 4)
    assert desk.on_disk() == []


async def test_an_outage_of_any_kind_ends_nothing(desk: Desk) -> None:
    for kind in get_args(Kind):
        if kind != "400" and not kind.startswith("timeout"):
            desk.sim.faults.add(kind, ("getFile", "download"), times=2)
    ref = await desk.sent("photo", corpus.photo())
    async with desk.running(desk.fetching(pause=0.000001)) as fetching:
        row = await desk.until(ref, "ready", timeout=40)
    assert row.tries == 0
    assert fetching.counters["again"] == 12


async def test_a_file_that_is_given_up_leaves_no_bytes_and_no_row(desk: Desk) -> None:
    early, late = await desk.sent("photo", corpus.photo()), await desk.sent("photo", corpus.photo())
    await desk.drop(early)
    async with desk.running() as fetching:
        await desk.until(late, "ready")
        await desk.drop(late)
        fetching.wake()
        await desk.until_row(late, lambda row: row is None)
        await desk.until_row(early, lambda row: row is None)
    assert desk.on_disk() == []
    assert desk.ends == [(late.id, "ready")]


async def test_a_file_that_is_given_up_on_its_way_is_not_kept(desk: Desk) -> None:
    desk.sim.faults.add("timeout", "getFile", times=1)
    ref = await desk.sent("photo", corpus.photo())
    async with desk.running() as fetching:
        await eventually(_asked(desk, "getFile"))
        await desk.drop(ref)
        fetching.wake()
        await desk.until_row(ref, lambda row: row is None)
    assert (desk.on_disk(), desk.ends) == ([], [])


def _asked(desk: Desk, method: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(call.method == method for call in desk.sim.calls)

    return look


async def test_thirty_files_at_once_all_arrive_once(desk: Desk) -> None:
    small = corpus.photo(60, 40)
    refs = [await desk.sent("photo", small) for _ in range(30)]
    async with desk.running():
        await desk.until_true(lambda: len(desk.ends) >= len(refs), 60)
    assert sorted(desk.ends) == sorted((ref.id, "ready") for ref in refs)
    assert len(desk.on_disk()) == len(refs)


def children() -> list[int]:
    """Our cleaning children."""
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        for number in listed.read_text().split():
            if b"bot.cleaning" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.append(int(number))
    return found


async def _a_child() -> bool:
    return bool(children())


async def test_a_child_that_is_killed_midway_is_started_again(desk: Desk) -> None:
    ref = await desk.sent("photo", corpus.photo(5000, 4000))
    async with desk.running():
        await eventually(_a_child)
        for child in children():
            os.kill(child, signal.SIGKILL)
        row = await desk.until(ref, "ready")
    assert row.tries == 1
    assert await desk.read(ref) is not None


async def test_a_file_that_kills_every_child_is_given_up(desk: Desk) -> None:
    ref = await desk.sent("photo", corpus.photo(4000, 3000))
    async with desk.running(desk.fetching(pause=0.001, patience=0.02)):
        row = await desk.until(ref, "failed")
    assert (row.reason, row.tries) == ("broken", 4)
    assert children() == []


async def test_what_becomes_due_while_it_looks_is_not_left_lying(desk: Desk) -> None:
    pause = 0.01
    leaps = itertools.count(0.0, pause * 2 / 3)  # seconds; so the moment falls between two readings of the clock
    desk.sim.faults.add("500", "getFile", times=1)
    ref = await desk.sent("photo", corpus.photo())
    async with desk.running(desk.fetching(pause=pause, clock=lambda: time.monotonic() + next(leaps))):
        await desk.until(ref, "ready", timeout=20)


POINTS = ("asked", "downloaded", "cleaned", "kept", "done")


class Fragile(Fetching):
    """Stands still for ever at one point, so that it can be ended exactly there."""

    point = ""
    reached: asyncio.Event

    async def _at(self, point: str) -> None:
        if point == self.point:
            self.reached.set()
            await asyncio.Event().wait()

    async def _download(self, file_id: str) -> bytes:
        await self._at("asked")
        raw = await super()._download(file_id)
        await self._at("downloaded")
        return raw

    async def _clean(self, raw: bytes) -> Clean:
        clean = await super()._clean(raw)
        await self._at("cleaned")
        return clean

    async def _keep(self, ref: FileRef, clean: Clean) -> None:
        await super()._keep(ref, clean)
        await self._at("kept")

    async def _done(self, row: StoredFile, clean: Clean) -> None:
        await super()._done(row, clean)
        await self._at("done")


@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_between_two_steps_leaves_exactly_one_ready_file(desk: Desk, point: str) -> None:
    ref = await desk.sent("photo", corpus.photo())
    fragile = desk.fetching(Fragile)
    assert isinstance(fragile, Fragile)
    fragile.point, fragile.reached = point, asyncio.Event()
    task = asyncio.create_task(fragile.run(asyncio.Event()))
    await asyncio.wait_for(fragile.reached.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other = await desk.sent("photo", corpus.photo())
    async with desk.running():
        await desk.until(other, "ready")
        await desk.until(ref, "ready")
    assert len(desk.on_disk()) == 2
    for each in (ref, other):
        row, data = await desk.row(each), await desk.read(each)
        assert row is not None
        assert data is not None
        assert (row.state, row.size) == ("ready", len(data))


async def test_halves_and_strangers_that_a_crash_has_left_are_swept_at_the_start(desk: Desk) -> None:
    ref = await desk.sent("photo", corpus.photo())
    async with desk.running():
        await desk.until(ref, "ready")
    stranger = FileRef(id="x" * 16, kind="photo", key=ref.key)
    write_file(desk.folder, stranger, b"of a tip that was taken back")
    (desk.folder / "xx" / ("y" * 16 + ".part")).write_bytes(b"half")
    late = await desk.sent("photo", corpus.photo())
    async with desk.running():
        await desk.until(late, "ready")
    assert sorted(path.name for path in desk.on_disk()) == sorted([ref.id, late.id])


async def test_a_folder_that_cannot_be_written_costs_no_file(desk: Desk) -> None:
    desk.folder.write_bytes(b"a file where the folder should be")
    ref = await desk.sent("photo", corpus.photo())
    async with desk.running() as fetching:
        await eventually(_again(fetching))
        desk.folder.unlink()
        await desk.until(ref, "ready")
    assert await desk.read(ref) is not None


def _again(fetching: Fetching) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return fetching.counters["again"] > 0

    return look
