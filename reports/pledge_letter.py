"""The list of a pledge as an official document (DOCX, `reports/official.py`): text, parties, room for a seal."""

from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from reports.official import BODY, WIDE, Frame, end, letterhead, listed, page, rule, saved, say, signature
from reports.pledge_list import PledgeList, Row, counted, how
from reports.speech import Speaks
from reports.template import province_said

COLUMNS = (10, 60, 38, 32, 25)  # mm
_HEADS = ("number", "party", "signed_by", "signed_at", "how")
_TITLE_LINE = 50  # mm


def docx(one: PledgeList, words: Speaks) -> bytes:
    """The document; the same list always gives the same bytes."""
    made, frame = Document(), _frame(one, words)
    page(made)
    letterhead(made, frame)
    _title(made, one, words)
    for number, said in enumerate(one.contents, 1):
        _paragraph(made, f"{number}. {said}")
    for said in counted(one, words):
        _paragraph(made, said)
    if one.rows:
        _parties(made, one, words)
    _paragraph(made, words.say("pledge_list.until", day=one.as_of))
    end(made)
    signature(made, frame)
    return saved(made, one.title, one.made_at)


def _frame(one: PledgeList, words: Speaks) -> Frame:
    ward, province = one.ward_name.upper(), province_said(one.province, words) if one.province else ""
    return Frame(
        superior=words.say("pledge_list.superior", province=province.upper()).strip(),
        issuer=words.say("pledge_list.issuer", ward=ward),
        number=words.say("pledge_list.letter_number"),
        place_and_date=words.say("pledge_list.place_and_date", place=one.place, year=one.as_of.year),
        signer=words.say("pledge_list.signer"),
        recipients=(words.say("pledge_list.recipients"), words.say("pledge_list.filed")),
    )


def _title(made: Any, one: PledgeList, words: Speaks) -> None:
    kind = say(made.add_paragraph(), words.say("pledge_list.letter_kind"), BODY, bold=True, centre=True)
    kind.paragraph_format.space_before = Pt(18)
    about = words.say("pledge_list.letter_title", title=one.title, version=one.version)
    say(made.add_paragraph(), about, BODY, bold=True, centre=True)
    rule(made.add_paragraph(), WIDE, _TITLE_LINE)


def _parties(made: Any, one: PledgeList, words: Speaks) -> None:
    made.add_paragraph().paragraph_format.space_after = Pt(2)
    heads = [words.say(f"pledge_list.{head}") for head in _HEADS]
    listed(made, COLUMNS, heads, (_party(*one, words) for one in enumerate(one.rows, 1)), 12, left=(1, 2))


def _party(number: int, party: Row, words: Speaks) -> tuple[str, ...]:
    at = words.say("pledge_list.moment", at=party.signed_at) if party.signed_at else ""
    return str(number), party.name, party.signed_by, at, how(party, words)


def _paragraph(made: Any, text: str) -> None:
    said = say(made.add_paragraph(), text, BODY)
    said.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    said.paragraph_format.first_line_indent = Mm(10)
    said.paragraph_format.space_before = Pt(6)
