"""What officers write into reports, kept between drafts; sealed, for they may name somebody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.reports import Part
from storage.records import Records, Work, moment, to_ms
from storage.vault import Vault


class ReportText(BaseModel, frozen=True):
    """One part of one report. `written_by`: the contact who wrote it last; None: the operator, by the command line."""

    ward: str
    kind: str
    period: str
    part: Part
    text: str
    written_by: str | None
    written_at: datetime

    @property
    def id(self) -> str:
        """What tells it from every other text."""
        return f"{self.ward}/{self.kind}/{self.period}/{self.part.value}"


class ReportTexts(Records[str, ReportText]):
    """Texts of reports; another text of the same part replaces it, none takes it away."""

    table = "report_texts"
    columns = ("id", "ward", "kind", "period", "part", "body", "written_by", "written_at")

    def __init__(self, work: Work, vault: Vault) -> None:
        super().__init__(work)
        self._seal = vault.for_("report_texts")

    async def of(self, ward: str, kind: str, period: str) -> dict[Part, str]:
        """The texts of one report, by part."""
        sql = "SELECT * FROM report_texts WHERE ward = :ward AND kind = :kind AND period = :period ORDER BY id"
        return {text.part: text.text for text in await self._list(sql, ward=ward, kind=kind, period=period)}

    def to_row(self, record: ReportText) -> dict[str, Any]:
        row = record.model_dump(exclude={"text"})
        body = self._seal.seal(record.text.encode(), f"report_texts/body/{record.id}")
        return {**row, "id": record.id, "part": record.part.value, "written_at": to_ms(record.written_at), "body": body}

    def from_row(self, row: Mapping[str, Any]) -> ReportText:
        text = self._seal.open(bytes(row["body"]), f"report_texts/body/{row['id']}").decode()
        kept = {name: row[name] for name in ("ward", "kind", "period", "part", "written_by")}
        return ReportText(**kept, text=text, written_at=moment(row["written_at"]))
