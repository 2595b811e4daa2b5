"""The child process that raises an alarm on a second way: apprise and what it brings never enter the serving process.

Takes {"urls", "title", "body"} as JSON on standard input and writes the places (numbers) of the addresses that did
not take it. Without a body it only looks whether each can be understood. No address and no word reaches another stream.
"""

import logging
import sys

import apprise
import orjson


def undelivered(urls: list[str], title: str, body: str | None) -> list[int]:
    """The places of those addresses that can't be understood or did not take the message."""
    failed = []
    for place, url in enumerate(urls):
        way = apprise.Apprise()
        if not way.add(url) or (body is not None and not way.notify(body=body, title=title)):
            failed.append(place)
    return failed


def main() -> None:
    """Does what standard input asks for."""
    logging.disable()  # apprise names addresses in its log
    order = orjson.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(orjson.dumps(undelivered(order["urls"], order["title"], order["body"])))


if __name__ == "__main__":
    main()
