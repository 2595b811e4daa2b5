"""The limit: updates are taken, committed in groups, confirmed. Nobody is answered."""

import asyncio
import os
import sqlite3

import aiohttp
import orjson
import uvloop


async def main() -> None:
    """Polls until SIGTERM."""
    db = sqlite3.connect(os.environ["BENCH_DB"], isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE inbox (update_id INTEGER PRIMARY KEY, body BLOB)")
    url = f"{os.environ['BENCH_URL']}/bot{os.environ['BENCH_TOKEN']}/getUpdates"
    offset = 0
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.post(url, json={"offset": offset, "limit": 100, "timeout": 20}) as response:
                updates = orjson.loads(await response.read())["result"]
            if updates:
                db.execute("BEGIN")
                rows = [(update["update_id"], orjson.dumps(update)) for update in updates]
                db.executemany("INSERT OR IGNORE INTO inbox VALUES (?, ?)", rows)
                db.execute("COMMIT")
                offset = updates[-1]["update_id"] + 1


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
