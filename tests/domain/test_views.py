"""What each side may see; what is not in a view can't be shown by mistake. And what an event or a refusal may hold."""

from importlib import import_module

import pytest
from pydantic import BaseModel, ValidationError

from domain.errors import Refused
from domain.events import Happening
from domain.views import InformantView, PoliceView
from tests.domain.make import MONDAY, a_tip, an_event

TELLING = ("informant", "receipt", "return", "chat", "contact", "name", "key", "hash", "phone")
MODULES = ("clocks", "duties", "figures", "notices", "people", "places", "summary", "talks", "tips", "views")


@pytest.mark.parametrize("view", [PoliceView, InformantView])
def test_no_view_has_a_field_that_could_name_an_informant(view: type[BaseModel]) -> None:
    assert not [field for field in view.model_fields for word in TELLING if word in field]


def test_officers_see_a_rounded_time_and_never_the_minute_of_opening() -> None:
    assert "opened" in PoliceView.model_fields
    assert "opened_at" not in PoliceView.model_fields
    assert "asked_at" not in PoliceView.model_fields


def test_an_informant_sees_neither_officers_nor_the_inner_name_of_the_tip() -> None:
    seen = set(InformantView.model_fields)
    assert not seen & {"id", "handler", "received_by", "assigned_to", "received_at", "valuable", "overdue"}


def test_what_a_view_is_given_beyond_its_fields_falls_away() -> None:
    values = a_tip().model_dump() | {"opened": MONDAY, "overdue": None, "handler": None, "informant_key": b"secret"}
    view = PoliceView.model_validate(values)
    assert "secret" not in repr(view)
    assert set(view.model_dump()) == set(PoliceView.model_fields)


@pytest.mark.parametrize("module", MODULES)
def test_facts_can_not_be_changed_in_place(module: str) -> None:
    models = [
        thing
        for thing in vars(import_module(f"domain.{module}")).values()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing is not BaseModel
    ]
    assert models
    assert all(model.model_config.get("frozen") is True for model in models)


def test_changing_a_tip_in_place_is_an_error() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_tip().valuable = True  # type: ignore[misc]


def test_changing_an_event_in_place_is_an_error() -> None:
    with pytest.raises(AttributeError):
        an_event(Happening.TIP_OPENED, "tip", MONDAY).kind = Happening.TIP_CLOSED  # type: ignore[misc]


def test_an_event_names_nobody_unless_told() -> None:
    assert an_event(Happening.TIP_OPENED, "tip", MONDAY).by is None


def test_every_kind_of_event_has_a_word_of_its_own() -> None:
    assert len({kind.value for kind in Happening}) == len(Happening)
    assert all(kind.value == kind.name.lower() for kind in Happening)


def test_a_refusal_reads_as_its_code_and_what_fills_its_sentence() -> None:
    assert str(Refused("tip.not_closed")) == "tip.not_closed"
    assert Refused("tip.not_closed", at=MONDAY).args == ("tip.not_closed",)
    assert str(Refused("tip.too_long", limit=4000, told=4100)) == "tip.too_long (limit=4000, told=4100)"
    assert Refused("tip.too_long", limit=4000).params == {"limit": 4000}
