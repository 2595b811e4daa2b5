"""The child: `python -m bot.cleaning` takes a file on standard input and gives its media type, a line, and a copy."""

import sys

from bot.cleaning import EXITS, LIMIT, Clean, Unfit
from bot.cleaning.kinds import cleaner_of, kind_of
from bot.cleaning.limits import confine


def cleaned(data: bytes) -> Clean:
    """The clean copy. Raises Unfit, and nothing else."""
    if len(data) > LIMIT:
        raise Unfit("too_big")
    family, form = kind_of(data)
    clean = cleaner_of(family)
    confine()
    try:
        copy = clean(data, form)
    except MemoryError:
        raise Unfit("too_big") from None
    except Unfit:
        raise
    except Exception:
        # Whatever a library raises over bytes that anybody may have made up: it can't read them.
        raise Unfit("broken") from None
    if len(copy.data) > LIMIT:
        raise Unfit("too_big")
    return copy


def main() -> int:
    """The exit code."""
    try:
        copy = cleaned(sys.stdin.buffer.read(LIMIT + 1))
    except Unfit as unfit:
        return EXITS[unfit.reason]
    sys.stdout.buffer.write(copy.media.encode() + b"\n")
    sys.stdout.buffer.write(copy.data)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
