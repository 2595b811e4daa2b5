"""P12, short form: a backup of two thousand tips comes back the same, and one value that is not the same is seen."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.operations.conftest import Home
from tests.torture.restore import different, digests, drill


async def test_a_backup_of_many_tips_comes_back_the_same(tmp_path: Path) -> None:
    report = await drill(tmp_path, 2_000)
    assert report.rows > 5 * 2_000
    assert report.different == (), str(report)

    far = Home(tmp_path / "far")
    before = digests(far)
    with closing(sqlite3.connect(far.settings.data_dir / "anphuong.db")) as db, db:
        db.execute("UPDATE tips SET code = 'X' WHERE id = (SELECT MIN(id) FROM tips)")
    assert different(before, digests(far)) == ("tips",)
