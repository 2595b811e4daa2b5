"""A process of ours: settings, log, event loop, signals, exit codes. `run` serves from here, without the command line.

The command line's own libraries weigh more than five megabytes that a serving process never needs.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

from bot.logs import set_up
from bot.settings import Settings, read_settings, spoken
from domain.errors import Refused
from locales import words
from storage.failures import DatabaseFailure, code_of


def guarded(work: Callable[[Settings], Coroutine[Any, Any, int]]) -> int:
    """Runs something; a refusal is one sentence on stderr and exit code 1, never a traceback."""
    set_up("INFO", "text")  # until the settings are known
    try:
        settings = read_settings()
        set_up(settings.log_level, settings.log_format)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work(settings))
    except Refused as refused:
        sys.stderr.write(words(spoken()).say(f"refused.{refused.code}", **refused.params) + "\n")
    except DatabaseFailure as failure:
        logging.getLogger(__name__).debug("stopped by the database: %s", failure)
        sys.stderr.write(words(spoken()).say(f"refused.{code_of(failure)}") + "\n")
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    except Exception:
        # Whatever it is, its text may quote content: our log shows its kind and place only.
        logging.getLogger(__name__).exception("stopped by an unexpected error")
    return 1


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def serve(settings: Settings) -> int:
    """Serves until a signal says stop."""
    from bot.build import open_app
    from bot.serve import Server

    if not settings.bot_token.get_secret_value():
        raise Refused("telegram.no_token")
    async with open_app(settings) as app:
        await Server(app).run(stop_on_signals())
    return 0


if __name__ == "__main__":
    sys.exit(guarded(serve))
