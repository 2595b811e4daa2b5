"""Reads the two Markdown styles of messages, as strictly as Telegram does."""

from __future__ import annotations

import re
from typing import Any

from simulator.markup import BadMarkup, Draft, Entities, link

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_PAIRED = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
_TARGET = re.compile(r"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
_PRE = re.compile(r"```(?:([A-Za-z0-9+#_-]+)\n|\n)?((?:\\.|[^\\`]|`(?!``))*)```", re.DOTALL)
_CODE = re.compile(r"`((?:\\.|[^\\`])*)`", re.DOTALL)
_ESCAPED = re.compile(r"\\([\x01-\x7e])")


class _Reader:
    """One pass over a MarkdownV2 text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.draft = Draft()
        self.open: list[tuple[str, int]] = []
        self.quote: int | None = None

    def read(self) -> tuple[str, Entities]:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            raise BadMarkup(f"Can't find end of the entity starting with {self.open[-1][0]!r}")
        return self.draft.done()

    def _step(self) -> None:
        char = self.source[self.at]
        if char == "\\" and self.at + 1 < len(self.source) and "\x00" < self.source[self.at + 1] < "\x7f":
            self.draft.add(self.source[self.at + 1])
            self.at += 2
        elif char == ">" and (self.at == 0 or self.source[self.at - 1] == "\n"):
            self.quote = self.draft.length if self.quote is None else self.quote
            self.at += 1
        elif char == "\n":
            if self.source[self.at + 1 : self.at + 2] != ">":
                self._end_quote()
            self._plain(char)
        elif char == "`":
            self._code()
        elif char in "*_~|":
            self._paired(char)
        elif char in "[]!":
            self._link(char)
        elif char in _RESERVED:
            self._refuse(char)
        else:
            self._plain(char)

    def _plain(self, char: str) -> None:
        self.draft.add(char)
        self.at += 1

    def _refuse(self, char: str) -> None:
        raise BadMarkup(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _end_quote(self) -> None:
        if self.quote is not None:
            self.draft.mark(self.quote, {"type": "blockquote"})
        self.quote = None

    def _code(self) -> None:
        block = self.source.startswith("```", self.at)
        match = (_PRE if block else _CODE).match(self.source, self.at)
        if match is None:
            raise BadMarkup(f"Can't find end of {'Pre' if block else 'Code'} entity at offset {self.at}")
        start = self.draft.length
        self.draft.add(_ESCAPED.sub(r"\1", match[match.lastindex or 1]))
        language = {"language": match[1]} if block and match[1] else {}
        self.draft.mark(start, {"type": "pre" if block else "code", **language})
        self.at = match.end()

    def _paired(self, char: str) -> None:
        mark = char * 2 if char in "_|" and self.source.startswith(char * 2, self.at) else char
        if mark == "|":
            self._refuse(char)
        self.at += len(mark)
        if self.open and self.open[-1][0] == mark:
            self.draft.mark(self.open.pop()[1], {"type": _PAIRED[mark]})
        elif any(name == mark for name, _ in self.open):
            raise BadMarkup(f"Can't find end of the entity starting with {self.open[-1][0]!r}")
        else:
            self.open.append((mark, self.draft.length))

    def _link(self, char: str) -> None:
        if char == "!" and not self.source.startswith("![", self.at):
            self._refuse(char)
        if char != "]":
            self.open.append(("[", self.draft.length))
            self.at += 1 if char == "[" else 2
            return
        if not self.open or self.open[-1][0] != "[":
            self._refuse(char)
        target = _TARGET.match(self.source, self.at + 1)
        if target is None:
            raise BadMarkup("Can't find end of a URL")
        entity = link(_ESCAPED.sub(r"\1", target[1]))
        start = self.open.pop()[1]
        if entity:
            self.draft.mark(start, entity)
        self.at = target.end()


def parse_markdown_v2(source: str) -> tuple[str, Entities]:
    """Text and entities of a MarkdownV2 message; BadMarkup for a reserved character that is not escaped."""
    return _Reader(source).read()


_OLD = re.compile(
    r"\\([_*`\[])|```(?:\w+\n)?(?P<pre>.*?)```|`(?P<code>[^`]+)`|\*(?P<bold>[^*]+)\*|_(?P<italic>[^_]+)_"
    r"|\[(?P<text_link>[^\]]+)\]\((?P<to>[^)]*)\)|(?P<bad>[_*`\[])",
    re.DOTALL,
)


def parse_markdown(source: str) -> tuple[str, Entities]:
    """Text and entities of a message in the old Markdown: nothing nests."""
    draft = Draft()
    at = 0
    for match in _OLD.finditer(source):
        draft.add(source[at : match.start()])
        at = match.end()
        if match["bad"]:
            raise BadMarkup(f"Can't find end of the entity starting at byte offset {match.start()}")
        _old_entity(match, draft)
    draft.add(source[at:])
    return draft.done()


def _old_entity(match: re.Match[str], draft: Draft) -> None:
    start = draft.length
    if match[1]:
        draft.add(match[1])
        return
    kind = next(name for name in ("pre", "code", "bold", "italic", "text_link") if match[name] is not None)
    draft.add(match[kind])
    entity: dict[str, Any] = link(match["to"]) if kind == "text_link" else {"type": kind}
    if entity:
        draft.mark(start, entity)
