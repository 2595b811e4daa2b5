"""SVG to PNG, with resvg and the font we ship; fonts of the machine are never used, so every machine draws alike.

resvg_py 0.5 holds the interpreter's lock while it draws (about 0.1 s for our chart): in a worker thread it would still
stop the event loop for that long. So a running bot draws in a child process (`to_png_apart`).
"""

import asyncio
import sys

from reports.fonts import BOLD, REGULAR

_PATIENCE = 30.0  # seconds: starting Python and drawing take well under one


class NotDrawn(Exception):
    """The picture could not be drawn; the summary's text says the same and can go alone."""


def to_png(svg: str) -> bytes:
    """Draws here and now; any thread may call it. Raises NotDrawn for what isn't SVG."""
    import resvg_py  # 3 MB that only a drawing process needs

    try:
        drawn = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=[str(REGULAR), str(BOLD)])
    except ValueError as error:
        raise NotDrawn(str(error)) from error
    return bytes(drawn)


async def to_png_apart(svg: str, patience: float = _PATIENCE) -> bytes:
    """Draws in a child process, so that the event loop goes on. Raises NotDrawn, also after `patience` seconds."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "reports.picture"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        drawn, complaint = await asyncio.wait_for(child.communicate(svg.encode()), patience)
    except BaseException as error:  # also when cancelled: the child must not outlive whoever asked for it
        if child.returncode is None:
            child.kill()
            await child.wait()
        if isinstance(error, TimeoutError):
            raise NotDrawn(f"no picture within {patience:g} s") from error
        raise
    if child.returncode != 0:
        raise NotDrawn(complaint.decode(errors="replace").strip().rpartition("\n")[2])
    return drawn


if __name__ == "__main__":
    sys.stdout.buffer.write(to_png(sys.stdin.buffer.read().decode()))
