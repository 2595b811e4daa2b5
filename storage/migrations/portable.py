"""One text of each schema statement for both databases.

`BYTES` is the type of sealed text and files. `{unordered}` after a table's last parenthesis keeps SQLite from storing
rows in the order of arrival, which would tell who wrote first. `TEXT` sorts by code point on both.
"""

import re

from alembic import op

_PIECES = re.compile(r"""'(?:[^']|'')*' | --[^\n]* | /\*.*?\*/ | (?P<end>;)""", re.VERBOSE | re.DOTALL)
_WORDS = {
    "sqlite": [(r"\bBYTES\b", "BLOB"), (r"\{unordered\}", " WITHOUT ROWID")],
    "postgresql": [(r"\bBYTES\b", "BYTEA"), (r"\{unordered\}", ""), (r"(?<!AS )\bTEXT\b", 'TEXT COLLATE "C"')],
}


def statements(sql: str, dialect: str) -> list[str]:
    """Split a script at its semicolons and write it in one dialect; literals and comments stay as they are."""
    done: list[str] = []
    current = ""
    last = 0
    for match in _PIECES.finditer(sql):
        current += _in_dialect(sql[last : match.start()], dialect)
        last = match.end()
        if not match["end"]:
            current += match[0] if match[0].startswith("'") else " "
            continue
        done.append(current.strip())
        current = ""
    done.append((current + _in_dialect(sql[last:], dialect)).strip())
    return [text for text in done if text]


def _in_dialect(text: str, dialect: str) -> str:
    for word, replacement in _WORDS[dialect]:
        text = re.sub(word, replacement, text)
    return text


def run(sql: str) -> None:
    """Run a script of portable statements in the migration's transaction."""
    connection = op.get_bind()
    for text in statements(sql, connection.dialect.name):
        # No parameters: neither a colon nor a percent sign means anything but itself.
        connection.exec_driver_sql(text, execution_options={"no_parameters": True})
