"""Tips with their sealed words and keys, duties, events and figures."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from pydantic import BaseModel

from domain.assets import subject
from domain.clocks import ward_day
from domain.counting import Mark, Tally, tally
from domain.duties import Duty
from domain.events import Event, Happening
from domain.figures import TELLING, TipState
from domain.pledge_figures import running
from domain.tips import Open, Status, Tip
from storage.engine import Row
from storage.records import Records, Work, from_ms, moment, to_ms
from storage.vault import Sealer, Vault

_TIMES = ("opened_at", "due_at", "seen_at", "received_at", "asked_at", "closed_at")
_DAYS = ("observed_on", "warned_on", "handed_on")
_BYTES = ("receipt_hash", "return_address", "informant_key")
_day = lru_cache(maxsize=64)(date.fromisoformat)
_KINDS: dict[str, Happening] = {kind.value: kind for kind in Happening}
_STATES: dict[str, Status] = {status.value: status for status in Status}
_OPEN = tuple(status for status in Status if status is not Status.CLOSED)
# Tips that have not changed their state since a moment.
_STILL = (
    "AND NOT EXISTS (SELECT 1 FROM events WHERE events.subject = tips.id AND events.ward = tips.ward "
    "AND events.at >= :before AND events.kind IN (:telling))"
)
_ALL = "FROM tips WHERE ward IN (:wards) AND status <> 'closed'"
_QUEUE: dict[Open, str] = {
    "all": _ALL,
    "not_received": f"{_ALL} AND received_at IS NULL",
    "not_valuable": f"{_ALL} AND valuable = 0",
}


class Tips(Records[str, Tip]):
    """Tips without words or informants."""

    table = "tips"
    columns = tuple(Tip.model_fields)

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault

    def receipt_hash(self, receipt: str) -> bytes:
        """A receipt is a capability: only its keyed hash is kept."""
        return self._vault.lookup("receipt", receipt)

    async def by_receipt(self, receipt: str) -> Tip | None:
        """The tip that a receipt opens."""
        sql = "SELECT * FROM tips WHERE receipt_hash = :hash"
        found = await self._list(sql, hash=self.receipt_hash(receipt))
        return found[0] if found else None

    async def of_code(self, code: str) -> Tip | None:
        """The tip of a code."""
        found = self.seen(await self._work.fetch("SELECT * FROM tips WHERE code = :code", code=code))
        return found[0] if found else None

    async def named_by(self, contact: str) -> list[Tip]:
        """Tips that a person sent with their name, newest first; hidden ones can't be found by anybody."""
        sql = "SELECT * FROM tips WHERE informant_key = :key ORDER BY opened_at DESC, id"
        return await self._list(sql, key=self.informant_key(contact))

    def informant_key(self, contact: str) -> bytes:
        """The keyed hash by which a person finds their own named tips."""
        return self._vault.lookup("informant", contact)

    async def queue(self, wards: Sequence[str], which: Open, start: int, most: int) -> list[Tip]:
        """So many open tips of wards from a place on: urgent ones first, then by what is due soonest.

        Never all of them: a ward that nobody works for keeps thousands.
        """
        sql = f"SELECT * {_QUEUE[which]} ORDER BY urgent DESC, due_at, id LIMIT :most OFFSET :start"
        return await self._list(sql, wards=list(wards), start=start, most=most)

    async def open_in(self, wards: Sequence[str]) -> int:
        """How many tips of wards are open."""
        await self._work.flush(self)
        [row] = await self._work.read(f"SELECT COUNT(*) AS number {_QUEUE['all']}", wards=list(wards))
        return int(row["number"])

    async def in_hand_of(self, contact: str, ward: str) -> list[Tip]:
        """Open tips of a ward that an officer has in hand, in the order of the queue."""
        sql = (
            "SELECT * FROM tips WHERE ward = :ward AND status <> 'closed' AND assigned_to = :contact "
            "ORDER BY urgent DESC, due_at, id"
        )
        return await self._list(sql, ward=ward, contact=contact)

    async def standing(self, wards: Sequence[str], before: datetime, *, some_moved: bool = False) -> list[TipState]:
        """The open tips of wards that have not changed their state since a moment: so they stood then.

        A tip whose deadline was still to come was in time whatever it was asked: such tips are told together. Where
        `some_moved`, each tip's events are asked; elsewhere it is known that none of the wards' tips has changed.
        """
        await self._work.flush()
        params: dict[str, Any] = {"wards": list(wards), "before": to_ms(before)}
        open_then = "FROM tips WHERE ward IN (:wards) AND status <> 'closed' AND opened_at < :before"
        if some_moved:
            open_then, params["telling"] = f"{open_then} {_STILL}", sorted(TELLING)
        numbers = ", ".join(f"COUNT(*) FILTER (WHERE status = '{state}') AS {state}" for state in _OPEN)
        in_time = f"SELECT ward, urgent, {numbers} {open_then} AND due_at > :before GROUP BY ward, urgent"
        # Naming both urgencies lets the index find what is due without passing by all that is not.
        late = (
            f"SELECT id, ward, urgent, status, due_at, asked_at {open_then} AND due_at <= :before AND urgent IN (0, 1)"
        )
        states = [
            TipState("", ward, bool(urgent), state, before, number=number)
            for ward, urgent, *by_state in await self._work.read_tuples(in_time, **params)
            for state, number in zip(_OPEN, by_state, strict=True)
            if number
        ]
        for tip, ward, urgent, status, due, asked in await self._work.read_tuples(late, **params):
            states.append(TipState(tip, ward, bool(urgent), _STATES[status], moment(due), from_ms(asked)))
        return states

    async def with_address_of_before(self, week: bytes) -> list[Tip]:
        """Open tips whose informant may be called back, by an address that names another week than this."""
        sql = (
            "SELECT * FROM tips WHERE return_address IS NOT NULL AND status <> 'closed' "
            "AND substr(return_address, 1, CAST(:length AS INTEGER)) <> :week ORDER BY id"
        )
        return await self._list(sql, length=len(week), week=week)

    async def cut_addresses(self, closed_before: datetime) -> int:
        """Tips whose end can't be undone any more lose their return address."""
        sql = "UPDATE tips SET return_address = NULL WHERE return_address IS NOT NULL AND closed_at < :before"
        return await self._work.execute(sql, before=to_ms(closed_before))

    def to_row(self, record: Tip) -> dict[str, Any]:
        row = record.model_dump(mode="python")
        row.update({name: to_ms(row[name]) for name in _TIMES})
        row.update(urgent=int(record.urgent), valuable=int(record.valuable))
        return {name: str(value) if isinstance(value, str) else value for name, value in row.items()}

    def from_row(self, row: Mapping[str, Any]) -> Tip:
        values = {name: row[name] for name in self.columns}
        values.update({name: from_ms(values[name]) for name in _TIMES})
        values.update(urgent=bool(values["urgent"]), valuable=bool(values["valuable"]))
        values.update({name: None if values[name] is None else bytes(values[name]) for name in _BYTES})
        return Tip.model_validate(values)


class TipKey(BaseModel, frozen=True):
    """The wrapped key of a tip."""

    tip: str
    wrapped: bytes


class TipKeys(Records[str, TipKey]):
    """The key store: one wrapped key a tip. Deleting the row erases the tip's words everywhere."""

    table = "tip_keys"
    key = "tip"
    columns = ("tip", "wrapped")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._vault = vault

    def mint(self, tip: str) -> Sealer:
        """A fresh key for a new tip."""
        wrapped, sealer = self._vault.new_tip_key(tip)
        self.save(TipKey(tip=tip, wrapped=wrapped))
        return sealer

    async def of(self, tip: str) -> Sealer | None:
        """The sealer of a tip; None when its key has been destroyed."""
        held = await self.find(tip)
        return None if held is None else self._vault.tip_key(tip, held.wrapped)

    def to_row(self, record: TipKey) -> dict[str, Any]:
        return record.model_dump()

    def from_row(self, row: Mapping[str, Any]) -> TipKey:
        return TipKey(tip=row["tip"], wrapped=bytes(row["wrapped"]))


class Part(BaseModel, frozen=True):
    """One sealed piece of a tip: what was told, a question, an answer, the informant's name."""

    id: str
    tip: str
    seq: int
    kind: str
    at: datetime
    body: bytes


class Parts(Records[str, Part]):
    """The sealed pieces of tips, in their order."""

    table = "tip_parts"
    columns = ("id", "tip", "seq", "kind", "at", "body")

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._new: dict[str, list[Part]] = {}

    def begin(self, tip: str) -> None:
        """A tip that this unit opens: the database can't hold any piece of it."""
        self._new[tip] = []

    async def of(self, tip: str) -> list[Part]:
        """All pieces of a tip, oldest first."""
        if tip in self._new:
            return sorted(self._new[tip], key=lambda part: (part.seq, part.id))
        return await self._list("SELECT * FROM tip_parts WHERE tip = :tip ORDER BY seq, id", tip=tip)

    def save(self, record: Part) -> None:
        if record.tip in self._new:
            self._new[record.tip].append(record)
        super().save(record)

    def remove(self, key: str) -> None:
        self._new.clear()
        super().remove(key)

    def restore(self, key: str, before: Any, dirty: bool) -> None:
        # What a refusal takes back may be of a tip that this unit has opened: then the database is asked.
        self._new.clear()
        super().restore(key, before, dirty)

    def to_row(self, record: Part) -> dict[str, Any]:
        return {**record.model_dump(), "at": to_ms(record.at)}

    def from_row(self, row: Mapping[str, Any]) -> Part:
        return Part.model_validate({**row, "at": moment(row["at"]), "body": bytes(row["body"])})


class Duties(Records[str, Duty]):
    """Checks of groups by period."""

    table = "duties"
    columns = tuple(Duty.model_fields)

    async def of_unit(self, unit: str, period: str) -> Duty | None:
        """The duty of one group in one period."""
        sql = "SELECT * FROM duties WHERE unit = :unit AND period = :period"
        found = await self._list(sql, unit=unit, period=period)
        return found[0] if found else None

    async def of_ward(self, ward: str, period: str) -> list[Duty]:
        """All duties of a ward in one period."""
        sql = "SELECT * FROM duties WHERE ward = :ward AND period = :period ORDER BY unit"
        return await self._list(sql, ward=ward, period=period)

    async def still_due(self, before: datetime) -> list[Duty]:
        """Duties that nobody has confirmed although their deadline has passed."""
        sql = "SELECT * FROM duties WHERE state = 'due' AND due_at <= :before ORDER BY due_at, id"
        return await self._list(sql, before=to_ms(before))

    def to_row(self, record: Duty) -> dict[str, Any]:
        row = record.model_dump(mode="python")
        times = {"due_at": to_ms(record.due_at), "submitted_at": to_ms(record.submitted_at)}
        days = {name: day.isoformat() if (day := row[name]) else None for name in _DAYS}
        items = {str(item): str(finding) for item, finding in record.items.items()}
        lists = {"items": orjson.dumps(items).decode(), "away": orjson.dumps(record.away).decode()}
        return {**row, **times, **days, **lists, "state": str(record.state)}

    def from_row(self, row: Mapping[str, Any]) -> Duty:
        times = {"due_at": moment(row["due_at"]), "submitted_at": from_ms(row["submitted_at"])}
        lists = {"items": orjson.loads(row["items"]), "away": orjson.loads(row["away"])}
        return Duty.model_validate({**row, **times, **lists})


class Events(Records[str, Event]):
    """What happened; rows are only ever added, lie by ward, day and order, and are not looked for by their names."""

    table = "events"
    columns = ("id", "ward", "at", "day", "kind", "subject", "by_whom", "detail", "seq")

    @classmethod
    def _upsert(cls) -> str:
        # Kept by ward, day and order (`storage/migrations`, 0013). No event is ever written twice.
        return f"INSERT INTO events ({', '.join(cls.columns)}) VALUES (:{', :'.join(cls.columns)})"  # noqa: S608

    def seen(self, rows: Iterable[Row]) -> list[Event]:
        """The events of rows. None is held: an event never changes, and a night reads very many."""
        return [self.from_row(row) for row in rows]

    async def of_day(self, ward: str, day: date, before: datetime) -> list[Event]:
        """The events of a ward's day up to a moment, in order."""
        await self._work.flush(self)
        sql = "SELECT * FROM events WHERE ward = :ward AND day = :day AND at < :before ORDER BY seq, id"
        params = {"ward": ward, "day": day.isoformat(), "before": to_ms(before)}
        return self.seen(await self._work.read(sql, **params))

    async def marks(self, wards: Sequence[str], day: date, before: datetime) -> dict[str, list[Mark]]:
        """The events of a day in these wards up to a moment, each ward's in order, as figures see them."""
        await self._work.flush(self)
        sql = (
            "SELECT ward, subject, kind, detail FROM events "
            "WHERE ward IN (:wards) AND day = :day AND at < :before ORDER BY ward, seq, id"
        )
        params = {"wards": list(wards), "day": day.isoformat(), "before": to_ms(before)}
        rows = groupby(await self._work.read_tuples(sql, **params), key=itemgetter(0))
        found = {ward: [(about, _tally(kind, detail)) for _, about, kind, detail in told] for ward, told in rows}
        return {ward: found.get(ward, []) for ward in wards}

    async def moved_wards(self, wards: Sequence[str], since: datetime) -> set[str]:
        """Those of these wards in which some tip has changed its state from a moment on."""
        sql = (
            "SELECT DISTINCT ward FROM events "
            "WHERE ward IN (:wards) AND day >= :day AND at >= :since AND kind IN (:telling)"
        )
        params = {"wards": list(wards), "telling": sorted(TELLING), "since": to_ms(since)}
        rows = await self._work.fetch(sql, **params, day=ward_day(since).isoformat())
        return {row["ward"] for row in rows}

    async def of_moved_tips(self, wards: Sequence[str], before: datetime) -> list[Event]:
        """What tells how every tip stood at a moment that has changed its state since, in order.

        The cost grows neither with a ward's past nor with what lies in its queue.
        """
        await self._work.flush()
        sql = (
            "WITH moved AS (SELECT DISTINCT subject FROM events "
            "WHERE ward IN (:wards) AND day >= :day AND at >= :before AND kind IN (:telling)) "
            "SELECT events.* FROM moved JOIN tips ON tips.id = moved.subject "
            "JOIN events ON events.subject = moved.subject WHERE events.at < :before "
            "AND events.kind IN (:telling) ORDER BY events.seq, events.id"
        )
        params = {"wards": list(wards), "telling": sorted(TELLING), "before": to_ms(before)}
        return self.seen(await self._work.read(sql, **params, day=ward_day(before).isoformat()))

    async def of_checks(self, wards: Sequence[str], period: str) -> list[Event]:
        """All events of a period's checks, whenever they happened, in order."""
        await self._work.flush()
        sql = (
            "SELECT events.* FROM duties JOIN events ON events.subject = duties.id "
            "WHERE duties.ward IN (:wards) AND duties.period = :period ORDER BY events.seq, events.id"
        )
        return self.seen(await self._work.read(sql, wards=list(wards), period=period))

    async def of_undone(self, tips: Iterable[str]) -> list[Event]:
        """How ends of these tips were undone, on whatever day, in order."""
        await self._work.flush(self)
        # The kind stands in the statement: the index of the few tips that were reopened knows no other.
        sql = "SELECT * FROM events WHERE subject IN (:tips) AND kind = 'tip_reopened' ORDER BY seq, id"
        return self.seen(await self._work.read(sql, tips=sorted(tips)))

    async def of_pledges(self, wards: Sequence[str], before: datetime, day: date) -> list[Event]:
        """What happened before a moment to the pledges of these wards that ran in the year of `day` up to it.

        Texts first, then signatures, each in order; the book knows which campaigns there are. Signatures, which are by
        far the most, are read of running campaigns only, so the cost doesn't grow with a ward's past.
        """
        await self._work.flush()
        # Kinds stand in the statements: `events_undone`, an index of some rows, names a kind, and SQLite prepares anew
        # at each run what compares the kind with a value.
        sql = (
            "WITH campaigns AS (SELECT DISTINCT subject FROM book WHERE ward IN (:wards) AND topic = 'pledge') "
            "SELECT events.* FROM campaigns JOIN events ON events.subject = campaigns.subject "
            "WHERE events.at < :before AND events.kind = 'pledge_asked' ORDER BY events.seq, events.id"
        )
        params = {"wards": list(wards), "before": to_ms(before)}
        asked = self.seen(await self._work.read(sql, **params))
        now = running(asked, day)
        if not now:
            return []
        sql = (
            "SELECT * FROM events WHERE subject IN (:subjects) AND at < :before AND kind = 'pledge_signed' "
            "ORDER BY seq, id"
        )
        signed = self.seen(await self._work.read(sql, subjects=list(now), before=to_ms(before)))
        return [*(event for event in asked if event.subject in now), *signed]

    async def of_campaign(self, campaign: str) -> list[Event]:
        """All that happened to one pledge, in order."""
        return await self._list("SELECT * FROM events WHERE subject = :subject ORDER BY seq, id", subject=campaign)

    async def of_assets(self, wards: Sequence[str], before: datetime) -> list[Event]:
        """What was said of these wards' inventories before a moment, in order."""
        sql = "SELECT * FROM events WHERE subject IN (:subjects) AND at < :before ORDER BY seq, id"
        return await self._list(sql, subjects=[subject(ward) for ward in wards], before=to_ms(before))

    async def by_whom(self, kind: Happening, subject: str) -> set[str]:
        """Whom the events of a kind name that happened to a tip or a duty."""
        # The kind stands in the statement, as in `of_pledges`.
        sql = f"SELECT * FROM events WHERE subject = :subject AND kind = '{kind.value}' ORDER BY seq, id"  # noqa: S608
        found = await self._list(sql, subject=subject)
        return {event.by for event in found if event.by is not None}

    def to_row(self, record: Event) -> dict[str, Any]:
        return {
            "id": record.id,
            "ward": record.ward,
            "at": to_ms(record.at),
            "day": record.day.isoformat(),
            "kind": str(record.kind),
            "subject": record.subject,
            "by_whom": record.by,
            "detail": orjson.dumps(record.detail).decode(),
            "seq": record.seq,
        }

    def from_row(self, row: Mapping[str, Any]) -> Event:
        # Not checked again: only we write these rows.
        return Event(
            id=row["id"],
            ward=row["ward"],
            at=moment(row["at"]),
            day=_day(row["day"]),
            kind=_KINDS[row["kind"]],
            subject=row["subject"],
            detail=orjson.loads(row["detail"]),
            by=row["by_whom"],
            seq=row["seq"],
        )


@lru_cache(maxsize=8192)  # a kilobyte each
def _tally(kind: str, detail: str) -> Tally:
    """Many events of a night say the same: waits are kept in quarter-hours, of urgent tips in minutes."""
    return tally(_KINDS[kind], orjson.loads(detail))
