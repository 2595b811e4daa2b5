"""The table of files and the sealed bytes, on each engine."""

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from domain.pieces import FileRef
from storage import files
from storage.files import read_file, remove_file, stored, write_file
from tests.files.conftest import VAULT, Desk


async def test_a_file_goes_from_waiting_to_ready_once(desk: Desk) -> None:
    ref = await desk.order("photo", "telegrams-id")
    row = await desk.row(ref)
    assert row is not None
    assert row.task is not None
    assert (row.state, row.kind, row.task.file_id, row.task.key) == ("waiting", "photo", "telegrams-id", ref.key)
    async with desk.db.transaction() as tx:
        assert await files.waiting(tx) == [ref.id]
        await files.tried(tx, ref.id, 1)
        assert await files.ready(tx, ref.id, "image/jpeg", 7)
        assert not await files.ready(tx, ref.id, "image/jpeg", 8)
        assert not await files.failed(tx, ref.id, "broken")
        assert await files.waiting(tx) == []
    row = await desk.row(ref)
    assert row is not None
    assert (row.state, row.media, row.size, row.task, row.tries) == ("ready", "image/jpeg", 7, None, 1)


async def test_a_file_that_is_given_up_forgets_its_task_at_once(desk: Desk) -> None:
    ref = await desk.order("photo", "telegrams-id")
    await desk.drop(ref)
    async with desk.db.transaction() as tx:
        assert await tx.fetch("SELECT state, kind, task FROM files") == [{"state": "gone", "kind": "", "task": None}]
        assert not await files.ready(tx, ref.id, "image/jpeg", 7)
        assert await files.gone(tx) == [ref.id]
        await files.forget(tx, [ref.id])
        assert await tx.fetch("SELECT id FROM files") == []


async def test_only_ready_files_are_no_strangers(desk: Desk) -> None:
    one, two = await desk.order("photo", "1"), await desk.order("photo", "2")
    async with desk.db.transaction() as tx:
        await files.ready(tx, one.id, "image/jpeg", 7)
        assert await files.strangers(tx, [one.id, two.id, "nobody's"]) == [two.id, "nobody's"]


async def test_a_task_moved_to_another_row_does_not_open(desk: Desk) -> None:
    one, two = await desk.order("photo", "1"), await desk.order("photo", "2")
    async with desk.db.transaction() as tx:
        row = await tx.fetch_one("SELECT task FROM files WHERE id = :id", id=one.id)
        assert row is not None
        await tx.execute("UPDATE files SET task = :task WHERE id = :id", task=row["task"], id=two.id)
        with pytest.raises(InvalidTag):
            await files.get(tx, VAULT, two.id)


async def test_bytes_open_only_with_their_own_key_in_their_own_place(desk: Desk) -> None:
    one, two = await desk.order("photo", "1"), await desk.order("photo", "2")
    write_file(desk.folder, one, b"what was photographed")
    assert await read_file(desk.folder, one) == b"what was photographed"
    assert await read_file(desk.folder, two) is None
    assert desk.traces(b"what was photographed") == []
    with pytest.raises(InvalidTag):
        await read_file(desk.folder, FileRef(id=one.id, kind="photo", key=two.key))
    write_file(desk.folder, two, b"other")
    (desk.folder / two.id[:2] / two.id).write_bytes((desk.folder / one.id[:2] / one.id).read_bytes())
    with pytest.raises(InvalidTag):
        await read_file(desk.folder, FileRef(id=two.id, kind="photo", key=one.key))


async def test_bytes_are_removed_once_and_written_again(desk: Desk) -> None:
    ref = await desk.order("photo", "1")
    for _ in range(2):
        write_file(desk.folder, ref, b"what was photographed")
        assert stored(desk.folder) == [ref.id]
        remove_file(desk.folder, ref.id)
        remove_file(desk.folder, ref.id)
        assert stored(desk.folder) == []


@pytest.mark.parametrize("name", ["../../../etc/passwd", "short", "a" * 15 + "/", "a" * 15 + "\n"])
async def test_a_reference_that_could_name_another_path_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the name"):
        await read_file(tmp_path, FileRef(id=name, kind="photo", key=""))
