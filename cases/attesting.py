"""What people say about criteria: a slot's text, met or not met, a document; and what is taken back.

Rows are only added. Every function asks first whether this person may do this here.
"""

from datetime import date

from cases import criteria
from domain import criteria as rules
from domain.boards import Board, Judged, Why, Year
from domain.clocks import ward_day
from domain.criteria_files import FillFile, parse
from domain.criteria_sets import (
    LONGEST_TEXT,
    Act,
    Attested,
    Automatic,
    CriteriaSet,
    Evidence,
    Fill,
    Given,
    Verdict,
    What,
    Withdrawn,
)
from domain.errors import Refused
from domain.events import Happening
from domain.people import Membership, Person, Role
from domain.pieces import FileRef
from domain.places import Place, UnitKind
from domain.text import nfc
from storage.criteria import OwnSet, shipped
from storage.unit import Unit, new_id

_HAPPENED = {
    "fill": Happening.CRITERION_FILLED,
    "verdict": Happening.CRITERION_SAID,
    "given": Happening.CRITERION_GIVEN,
    "withdrawn": Happening.CRITERION_WITHDRAWN,
}


def speaker(person: Person, place: Place, found: Board, number: int) -> tuple[Membership, Judged]:
    """The role under which a person may say how a criterion stands. Raises Refused for a slot, a figure, a stranger."""
    one = _criterion(found, number)
    if one.why is Why.NO_TEXT:
        raise Refused("criteria.no_text")
    if isinstance(one.criterion.how, Automatic):
        raise Refused("criteria.automatic")
    held = _speaking(person, place, found, one)
    if held is None:
        raise Refused("criteria.may_not_say")
    return held, one


def same_paper(one: Act, other: Act) -> bool:
    """Whether two acts give the same document: once as told, once with its picture."""
    if not isinstance(one.what, Given) or not isinstance(other.what, Given):
        return False
    return (one.what.document, one.what.number) == (other.what.document, other.what.number)


def may_say(person: Person, place: Place, found: Board, number: int) -> bool:
    """Whether `speaker` would let this person."""
    one = _criterion(found, number)
    by_word = one.why is not Why.NO_TEXT and not isinstance(one.criterion.how, Automatic)
    return by_word and _speaking(person, place, found, one) is not None


async def say(unit: Unit, person: Person, place: Place, code: str, number: int, met: bool, reason: str) -> Board:
    """*Ghi đạt*, *Ghi chưa đạt*, with a reason; it counts until the year has been judged, or for as long as is set."""
    found = await criteria.board(unit, place, code)
    held, one = speaker(person, place, found, number)
    if met and not isinstance(one.criterion.how, Attested):
        raise Refused("criteria.needs_documents")
    today = ward_day(unit.now)
    expires = rules.expiry(found.criteria, one.criterion, today)
    _put(unit, place, code, number, Verdict(met=met, reason=_text(reason), expires=expires), held)
    return await criteria.board(unit, place, code, outward=criteria.is_outward(person, place))


async def give(unit: Unit, person: Person, place: Place, code: str, number: int, given: Given) -> Board:
    """A document as evidence. Raises Refused when its date can't count this year, or it is still to come."""
    found = await criteria.board(unit, place, code)
    held, one = speaker(person, place, found, number)
    today = ward_day(unit.now)
    if not isinstance(one.criterion.how, Evidence) or given.document >= len(one.criterion.how.documents):
        raise Refused("criteria.no_documents")
    if given.day > today or not rules.in_year(found.criteria, given, one.criterion.how, today):
        year = rules.year_of(found.criteria, today)
        raise Refused("criteria.day_outside", first=year.first, last=_latest(one.criterion.how, given, year, today))
    _put(unit, place, code, number, given, held)
    return await criteria.board(unit, place, code, outward=criteria.is_outward(person, place))


async def attach(unit: Unit, person: Person, place: Place, code: str, number: int, file: FileRef) -> Board:
    """A picture or paper of the document that was given last: one more act, with the same document."""
    found = await criteria.board(unit, place, code)
    held, one = speaker(person, place, found, number)
    last = next((act.what for act in one.acts if isinstance(act.what, Given)), None)
    if last is None:
        raise Refused("criteria.no_documents")
    _put(unit, place, code, number, last.model_copy(update={"file": file}), held)
    return await criteria.board(unit, place, code, outward=criteria.is_outward(person, place))


async def files(unit: Unit, place: Place, code: str, number: int) -> list[tuple[FileRef, str]]:
    """The pictures and papers of a criterion's documents, each with the document's number."""
    one = _criterion(await criteria.board(unit, place, code), number)
    given = [act.what for act in one.acts if isinstance(act.what, Given)]
    return [(what.file, what.number) for what in given if what.file is not None]


async def withdraw(unit: Unit, person: Person, place: Place, code: str, number: int) -> Board:
    """The newest act that counts for a criterion is taken back; it stays in the records."""
    found = await criteria.board(unit, place, code)
    held, one = speaker(person, place, found, number)
    if not one.acts:
        raise Refused("criteria.nothing_said")
    newest = one.acts[0]
    for act in (one for one in one.acts if one.id == newest.id or same_paper(one, newest)):
        _put(unit, place, code, number, Withdrawn(act=act.id), held)
    return await criteria.board(unit, place, code, outward=criteria.is_outward(person, place))


async def filler(unit: Unit, person: Person, place: Place) -> tuple[Membership, str]:
    """The role under which a person fills in slots, and for whom: the ward, or all wards of a province."""
    above = await criteria.lineage(unit, place)
    for held in person.roles:
        scope = held.ward or held.unit
        if held.role in rules.FILLING and scope in above:
            return held, scope if held.role in (Role.PROVINCE, Role.ADMIN) else place.ward or place.code
    raise Refused("criteria.may_not_fill")


async def fill(unit: Unit, person: Person, place: Place, code: str, number: int, text: str) -> Board:
    """*Điền nội dung*: the text of a slot; a later one replaces it, the earlier stays in the records."""
    found = await criteria.board(unit, place, code)
    _criterion(found, number)
    held, scope = await filler(unit, person, place)
    _put(unit, place, code, number, Fill(text=_text(text)), held, scope=scope)
    return await criteria.board(unit, place, code, outward=criteria.is_outward(person, place))


async def import_text(unit: Unit, text: str) -> tuple[str, int]:
    """A file with a set, or with texts for the slots of one: all of it or nothing. The same file again changes nothing.

    Returns the set's code and how many criteria or texts are new. Raises Refused naming the first bad place and why.
    """
    read = parse(nfc(text))
    return await (_fill_all(unit, read) if isinstance(read, FillFile) else _add_set(unit, read))


async def _add_set(unit: Unit, criteria_set: CriteriaSet) -> tuple[str, int]:
    await _ward_or_province(unit, criteria_set.unit)
    known = await unit.criteria_sets.find(criteria_set.code)
    if known is not None and known.criteria == criteria_set:
        return criteria_set.code, 0
    if known is not None or any(one.code == criteria_set.code for one in shipped()):
        raise Refused("criteria.code_taken", name=criteria_set.code)
    own = OwnSet(code=criteria_set.code, unit=criteria_set.unit or "", criteria=criteria_set, at=unit.now)
    unit.criteria_sets.save(own)
    return criteria_set.code, len(criteria_set.criteria)


async def _fill_all(unit: Unit, file: FillFile) -> tuple[str, int]:
    place = await _ward_or_province(unit, file.unit)
    above = await criteria.lineage(unit, place)
    found = next((one for one in await unit.criteria_sets.all_for(above) if one.code == file.fill), None)
    if found is None:
        raise Refused("criteria.bad_file", place="fill", mistake="no_such_set")
    areas = {area.code for area in found.areas}
    for one in file.criterion:
        wrong = "no_such_number" if one.number > len(found.criteria) else "areas"
        if one.number > len(found.criteria) or (one.area and one.area not in areas):
            raise Refused("criteria.bad_file", place=f"criterion {one.number}", mistake=wrong)
    acts = await unit.criteria_acts.of((place.code,), (found.code,))
    last = {act.number: act.what for act in acts if isinstance(act.what, Fill)}
    new = [one for one in file.criterion if last.get(one.number) != one.act()]
    for one in new:
        _put(unit, place, found.code, one.number, one.act(), None, scope=place.code)
    return found.code, len(new)


async def _ward_or_province(unit: Unit, code: str | None) -> Place:
    place = await unit.places.find(code) if code else None
    if place is None or place.kind not in (UnitKind.WARD, UnitKind.PROVINCE):
        raise Refused("criteria.bad_file", place="unit", mistake="no_such_unit")
    return place


def _speaking(person: Person, place: Place, found: Board, one: Judged) -> Membership | None:
    ward = place.ward or place.code
    speaking = (held for held in person.roles if rules.may_say(found.criteria, one.criterion, held.role))
    return next((held for held in speaking if (held.ward or held.unit) == ward), None)


def _criterion(found: Board, number: int) -> Judged:
    one = found.of(number)
    if one is None:
        raise Refused("criteria.no_number", last=len(found.judged))
    return one


def _latest(how: Evidence, given: Given, year: Year, today: date) -> date:
    until = how.documents[given.document].until_month
    if until is None:
        return min(year.last, today)
    after = date(year.last.year + until // 12, until % 12 + 1, 1)
    return min(date.fromordinal(after.toordinal() - 1), year.last, today)


def _text(typed: str) -> str:
    text = " ".join(nfc(typed).split())
    if not text or len(text) > LONGEST_TEXT:
        raise Refused("criteria.length", limit=LONGEST_TEXT)
    return text


def _put(
    unit: Unit, place: Place, code: str, number: int, what: What, held: Membership | None, *, scope: str | None = None
) -> None:
    """One more act, and its event."""
    act = Act(
        id=new_id(),
        seq=unit.next_number(),
        at=unit.now,
        day=ward_day(unit.now),
        unit=scope or place.code,
        criteria=code,
        number=number,
        by=held.contact if held else None,
        role=held.role if held else None,
        what=what,
    )
    unit.criteria_acts.save(act)
    ward = place.ward or place.code
    unit.happened(_HAPPENED[what.kind], ward=ward, subject=act.id, by=act.by, set=code, number=number)
