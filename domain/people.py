"""Who depends on the product: residents, group leaders, ward police; and what each may do."""

from datetime import datetime

from pydantic import BaseModel

from domain.roles import Role as Role

# Who handles tips: those of their ward, or of their province (tips about the ward itself go there).
POLICE = frozenset({Role.DUTY_OFFICER, Role.BEAT_OFFICER, Role.WARD_CHIEF, Role.PROVINCE})
LEADERS = frozenset({Role.LEADER, Role.DEPUTY})
# "Summaries go to ward chief and duty officers" (contract.md).
SUMMARY_READERS = frozenset({Role.DUTY_OFFICER, Role.WARD_CHIEF})


class Contact(BaseModel, frozen=True):
    """A person who has agreed to be remembered. Only `id` is ever referred to; the rest is sealed at rest.

    A resident's contact is written when they agree or change a setting, never when they send a tip.
    """

    id: str
    chat: int
    name: str
    language: str = "vi"
    ward: str | None = None
    agreed_at: datetime | None = None
    """Kept as the midnight with which that day began: its hour would stand beside that of a tip."""
    unreachable: bool = False


class Membership(BaseModel, frozen=True):
    """One role of one person in one unit. An officer who has joined is on duty until *Ra ca*."""

    id: str
    contact: str
    role: Role
    unit: str
    ward: str | None
    since: datetime
    on_duty: bool = True


class Invitation(BaseModel, frozen=True):
    """A one-time way to a role: kept as a keyed hash, at most 24 hours (`promises.md`, staff)."""

    hash: bytes
    role: Role
    unit: str
    expires_at: datetime


class SigningLink(BaseModel, frozen=True):
    """A one-time way to sign a pledge for one party: kept as a keyed hash, gives no role."""

    hash: bytes
    ward: str
    campaign: str
    party: str
    """The party's token."""
    expires_at: datetime
    used: bool = False

    @property
    def id(self) -> str:
        """One link a party: the next takes its place."""
        return f"{self.campaign}/{self.party}"


class Person(BaseModel, frozen=True):
    """Who is talking: a contact (or nobody yet) with the roles that they hold at this moment."""

    chat: int
    name: str
    language: str
    contact: Contact | None = None
    roles: tuple[Membership, ...] = ()

    @property
    def agreed(self) -> bool:
        """Whether this person has agreed to their words being kept."""
        return self.contact is not None and self.contact.agreed_at is not None

    def as_police(self) -> Membership | None:
        """The membership under which this person handles tips, if any."""
        return next((held for held in self.roles if held.role in POLICE), None)

    def police_wards(self) -> tuple[str, ...]:
        """The wards (of the province's police: the province) whose tips this person handles."""
        return tuple(dict.fromkeys(held.ward for held in self.roles if held.role in POLICE and held.ward is not None))

    def leads_several(self) -> bool:
        """Whether what is said of a check has to name its group."""
        return len({held.unit for held in self.roles if held.role in LEADERS}) > 1

    def as_leader(self) -> Membership | None:
        """The membership under which this person confirms check-ins, if any."""
        return next((held for held in self.roles if held.role in LEADERS), None)
