"""The list of a pledge: the same in every form, official in its layout, typed in its cells; no household is named."""

import io
from datetime import UTC, date, datetime

from docx import Document
from openpyxl import load_workbook

from domain.entries import PartyKind
from locales import words
from reports import official, pledge_letter, pledge_list, pledge_sheet
from reports.pledge_list import PledgeList, Row

VI = words("vi")
SIGNED = datetime(2026, 11, 21, 14, 45, tzinfo=UTC)
MAI = Row(kind=PartyKind.NEIGHBOURHOOD, name="Tổ dân phố 5", signed_by="tổ trưởng Mai", signed_at=SIGNED)
UNION = Row(kind=PartyKind.UNION, name="Hội Phụ nữ phường")
LIST = PledgeList(
    ward_name="phường Bắc Hồng",
    place="Bắc Hồng",
    province="Hà Tĩnh",
    title="An ninh, trật tự năm 2026",
    version=2,
    contents=("Báo tin sớm cho công an.", "Mỗi nhà một bình chữa cháy.", "Không đốt rác ngoài ngõ."),
    opens=date(2026, 11, 21),
    closes=date(2026, 11, 30),
    as_of=date(2026, 11, 22),
    made_at=SIGNED,
    rows=(MAI, UNION),
    by_households=True,
    households_signed=240,
    households=2546,
)


def test_the_text_says_how_many_of_how_many_and_who_not_yet() -> None:
    lines = pledge_list.text(LIST, VI).splitlines()
    assert lines[0] == "Cam kết “An ninh, trật tự năm 2026”, phường Bắc Hồng, bản 2, đến 22/11/2026"
    assert lines[4:] == [
        "Đã ký 1/2 bên.",
        "Hộ gia đình đã ký 240/2.546.",
        "Đoàn thể 0/1; Tổ dân phố 1/1.",
        "- Tổ dân phố 5: tổ trưởng Mai, 21:45 21/11/2026, bấm ký",
        "- Hội Phụ nữ phường: chưa ký",
    ]
    uncounted = LIST.model_copy(update={"households": None})
    assert "chưa rõ trong bao nhiêu hộ" in pledge_list.text(uncounted, VI)


def test_the_workbook_has_typed_cells_and_a_total_that_can_be_checked() -> None:
    file = pledge_sheet.xlsx(LIST, VI)
    assert file == pledge_sheet.xlsx(LIST, VI)
    formulas, values = (load_workbook(io.BytesIO(file), data_only=only).active for only in (False, True))
    assert formulas is not None
    assert values is not None
    rows = [[cell.value for cell in row] for row in values.iter_rows(min_row=9)]
    when = datetime(2026, 11, 21, 21, 45)  # noqa: DTZ001 - as the sheet shows it, ward time
    assert rows[0] == [1, "Tổ dân phố", "Tổ dân phố 5", "tổ trưởng Mai", when, 2, "bấm ký"]
    assert rows[1] == [2, "Đoàn thể", "Hội Phụ nữ phường", None, None, None, "chưa ký"]
    assert (formulas["E11"].value, values["E11"].value) == ("=COUNT(E9:E10)", 1)


def test_the_letter_has_the_layout_of_the_decree_and_every_content() -> None:
    file = pledge_letter.docx(LIST, VI)
    assert file == pledge_letter.docx(LIST, VI)
    made = Document(io.BytesIO(file))
    head, parties, _ = made.tables
    assert official.NATIONAL_TITLE in head.rows[0].cells[1].text
    issuer = ["ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH", "ỦY BAN NHÂN DÂN PHƯỜNG BẮC HỒNG"]
    assert head.rows[0].cells[0].text.splitlines()[:2] == issuer
    told = [paragraph.text for paragraph in made.paragraphs]
    assert all(f"{number}. {said}" in told for number, said in enumerate(LIST.contents, 1))
    assert "Danh sách tính đến hết ngày 22/11/2026./." in told
    assert [cell.text for cell in parties.rows[1].cells][1:] == [
        *("Tổ dân phố 5", "tổ trưởng Mai", "21:45 21/11/2026", "bấm ký")
    ]
