"""A bot with a fault, chosen by BENCH_FAULT: the measurement has to notice. `none` is the same bot without it."""

import asyncio
import os
import sqlite3

import aiohttp

FAULT = os.environ["BENCH_FAULT"]
VICTIM = 3  # every so-manieth tip


async def main() -> None:
    """Polls until SIGTERM."""
    db = sqlite3.connect(os.environ["BENCH_DB"], isolation_level=None)
    db.execute("CREATE TABLE tips (text TEXT)")
    base = f"{os.environ['BENCH_URL']}/bot{os.environ['BENCH_TOKEN']}"
    said: dict[int, int] = {}
    tips, offset = 0, 0
    async with aiohttp.ClientSession() as session:
        while True:
            ask = {"offset": offset, "limit": 100, "timeout": 20}
            async with session.post(f"{base}/getUpdates", json=ask) as response:
                updates = (await response.json())["result"]
            for update in updates:
                offset = update["update_id"] + 1
                chat, line = update["message"]["chat"]["id"], update["message"]["text"]
                said[chat] = said.get(chat, 0) + 1
                tips += said[chat] == 3
                faulty = said[chat] == 3 and tips % VICTIM == 0
                if said[chat] == 3 and not (faulty and FAULT == "forgets"):
                    for _ in range(1 + (faulty and FAULT == "stores twice")):
                        db.execute("INSERT INTO tips VALUES (?)", (line,))
                answers = 1 + (faulty and FAULT == "answers twice") - (faulty and FAULT == "drops")
                for _ in range(answers):
                    async with session.post(f"{base}/sendMessage", json={"chat_id": chat, "text": "…"}) as response:
                        await response.read()


if __name__ == "__main__":
    asyncio.run(main())
