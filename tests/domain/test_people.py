"""What a person may do hangs on the roles that they hold, and on nothing else."""

import pytest

from domain.people import LEADERS, POLICE, SUMMARY_READERS, Contact, Membership, Person, Role
from tests.domain.make import MONDAY


def held(role: Role, name: str = "m") -> Membership:
    return Membership(id=name, contact="c", role=role, unit="18115", ward="18115", since=MONDAY)


def person(*roles: Membership, contact: Contact | None = None) -> Person:
    return Person(chat=7, name="Mai", language="vi", contact=contact, roles=roles)


@pytest.mark.parametrize("role", Role)
def test_only_police_handle_tips_and_only_leaders_confirm_checks(role: Role) -> None:
    membership = held(role)
    police = role in {Role.DUTY_OFFICER, Role.BEAT_OFFICER, Role.WARD_CHIEF, Role.PROVINCE}
    leader = role in {Role.LEADER, Role.DEPUTY}
    assert person(membership).as_police() == (membership if police else None)
    assert person(membership).as_leader() == (membership if leader else None)


def test_nobody_is_police_and_leader_by_one_role() -> None:
    assert not POLICE & LEADERS
    assert SUMMARY_READERS < POLICE


def test_a_person_without_roles_may_do_nothing_special() -> None:
    assert person().as_police() is None
    assert person().as_leader() is None


def test_the_first_fitting_role_counts_when_there_are_several() -> None:
    leader, chief, beat = held(Role.DEPUTY, "a"), held(Role.WARD_CHIEF, "b"), held(Role.BEAT_OFFICER, "c")
    both = person(leader, chief, beat)
    assert (both.as_leader(), both.as_police()) == (leader, chief)


def test_tips_are_handled_in_each_ward_of_a_police_role_and_nowhere_else() -> None:
    beat, chief = held(Role.BEAT_OFFICER, "a"), held(Role.WARD_CHIEF, "b")
    other = held(Role.DUTY_OFFICER, "c").model_copy(update={"ward": "22759"})
    adrift = held(Role.DUTY_OFFICER, "d").model_copy(update={"ward": None})
    leader = held(Role.LEADER, "e").model_copy(update={"ward": "1"})
    assert person(leader, beat, other, chief, adrift).police_wards() == ("18115", "22759")
    assert person(leader, adrift).police_wards() == ()


def test_agreement_needs_a_contact_and_a_date() -> None:
    known = Contact(id="c", chat=7, name="Mai")
    assert not person().agreed
    assert not person(contact=known).agreed
    assert person(contact=known.model_copy(update={"agreed_at": MONDAY})).agreed


def test_an_officer_who_joins_is_on_duty() -> None:
    assert held(Role.DUTY_OFFICER).on_duty
