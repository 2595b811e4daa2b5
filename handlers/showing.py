"""Clean copies of files, one message each; what is not ready yet says so."""

from collections.abc import Sequence

from domain.notices import Notice
from domain.pieces import FileRef
from handlers.turns import Turn


async def show_files(turn: Turn, files: Sequence[tuple[FileRef, str]]) -> None:
    """Files with what was said about each."""
    waiting = failed = 0
    for file, text in files:
        held = await turn.unit.files.find(file.id)
        if held is not None and held.state == "ready":
            # How a file is shown follows what it holds now, not what it was sent as.
            shown = file.model_copy(update={"kind": held.media or "application/pdf"})
            turn.send(Notice(key="card.caption" if text else "", params={"text": text}, file=shown, private=True))
        elif held is not None and held.state == "waiting":
            waiting += 1
        else:
            failed += 1
    if waiting or failed:
        turn.answer("police.files_missing", waiting=waiting, failed=failed, remember=False)
