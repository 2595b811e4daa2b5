"""One text of each statement for both databases: `:name` parameters, lists that expand, cached translations.

Known to the reader of a statement: `'literals'`, `"names"`, both kinds of comment and `::casts`. PostgreSQL's dollar
quotes and `E'…'` strings, SQLite's `[names]` and other placeholders are not portable and not known here.
`group_concat(text, ',')` is written as SQLite knows it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter

from storage.failures import Broken

Params = Mapping[str, object]

_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | :: | :(?P<name>[A-Za-z_]\w*) | \bgroup_concat\b""",
    re.VERBOSE | re.DOTALL,
)
_IN_POSTGRESQL = {"group_concat": "string_agg"}


@lru_cache(maxsize=2048)
def to_psycopg(sql: str) -> str:
    """Write `:name` as `%(name)s`, functions as PostgreSQL calls them, and double every `%`.

    Literals, comments and casts are left as they are.
    """
    text: list[str] = []
    end = 0
    for match in _TOKEN.finditer(sql):
        text.append(sql[end : match.start()].replace("%", "%%"))
        name = match["name"]
        text.append(f"%({name})s" if name else _IN_POSTGRESQL.get(match[0], match[0]).replace("%", "%%"))
        end = match.end()
    text.append(sql[end:].replace("%", "%%"))
    return "".join(text)


@lru_cache(maxsize=2048)
def _expanded(sql: str, sizes: tuple[tuple[str, int], ...]) -> str:
    wanted = dict(sizes)

    def write(match: re.Match[str]) -> str:
        size = wanted.get(match["name"] or "")
        if size is None:
            return match[0]
        return ", ".join(f":{member}" for member in _members(match["name"], size)) or "NULL"

    return _TOKEN.sub(write, sql)


@lru_cache(maxsize=256)
def _members(name: str, size: int) -> tuple[str, ...]:
    """What the members of a list are called, one by one."""
    return tuple(f"{name}__{n}" for n in range(size))


def _room(count: int) -> int:
    """Round up to a power of two, so that lists of all lengths share a few statement texts."""
    return 1 << (count - 1).bit_length() if count else 0


def expand(sql: str, params: Params) -> tuple[str, Params]:
    """Spread every list or tuple among the parameters: `IN (:ids)` becomes `IN (:ids__0, :ids__1)`.

    An empty list becomes `NULL`, which equals nothing (`NOT IN` of an empty list also matches nothing: ask first).
    The last value repeats to fill up, which changes no `IN`.
    """
    if not any(isinstance(value, list | tuple) for value in params.values()):
        return sql, params
    sizes: list[tuple[str, int]] = []
    flat: dict[str, object] = {}
    for name, value in params.items():
        if not isinstance(value, list | tuple):
            flat[name] = value
            continue
        size = _room(len(value))
        sizes.append((name, size))
        flat.update(zip(_members(name, size), chain(value, repeat(value[-1] if value else None)), strict=False))
    return _expanded(sql, tuple(sizes)), flat


@lru_cache(maxsize=2048)
def _placed(sql: str, sizes: tuple[tuple[str, int], ...]) -> tuple[str, tuple[str, ...]]:
    """The statement with `?` for each value, and the name at each place; a list takes as many as it has room for."""
    wanted = dict(sizes)
    places: list[str] = []

    def write(match: re.Match[str]) -> str:
        name = match["name"]
        if not name:
            return match[0]
        size = wanted.get(name)
        if size == 0:
            return "NULL"
        places.append(name)
        return "?" if size is None else ", ".join("?" * size)

    return _TOKEN.sub(write, sql), tuple(places)


def to_sqlite(sql: str, params: Params) -> tuple[str, list[object]]:
    """Write every `:name` as `?` and put the values in their order; lists are spread as in `expand`.

    A value is then bound where it stands; by name, each is looked for among all names of its statement. Raises
    `Broken` for a name without a value.
    """
    sizes = tuple((name, _room(len(value))) for name, value in params.items() if isinstance(value, list | tuple))
    text, places = _placed(sql, sizes)
    try:
        if not sizes:
            return text, [params[name] for name in places]
        rooms, values = dict(sizes), list[object]()
        for name in places:
            value = params[name]
            if isinstance(value, list | tuple):
                values += value
                values += [value[-1]] * (rooms[name] - len(value))
            else:
                values.append(value)
    except KeyError as missing:
        raise Broken(f"no value for {missing.args[0]}: {sql}") from None
    return text, values


def many_to_sqlite(sql: str, rows: Sequence[Params]) -> tuple[str, Iterable[Sequence[object]]]:
    """The same for many rows, whose names `same_names` has looked at before."""
    text, places = _placed(sql, ())
    if len(places) > 1:
        return text, map(itemgetter(*places), rows)
    return text, ([row[name] for name in places] for row in rows)


@lru_cache(maxsize=2048)
def names(sql: str) -> frozenset[str]:
    """Return the names of the statement's parameters."""
    return frozenset(match["name"] for match in _TOKEN.finditer(sql) if match["name"])


def same_names(sql: str, rows: Sequence[Params]) -> None:
    """Refuse rows of `execute_many` that lack a parameter. Raises `Broken`."""
    wanted = names(sql)
    for row in rows:
        if not wanted <= row.keys():
            raise Broken(f"no value for {', '.join(sorted(wanted - row.keys()))}: {sql}")
