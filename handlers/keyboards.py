"""The persistent keyboards by role: few, large, an icon and a word."""

from domain.people import POLICE, Person, Role

RESIDENT = "resident"
LEADER = "leader"
POLICE_ON = "police_on"
POLICE_OFF = "police_off"
OFFICE = "office"

ROWS: dict[str, tuple[tuple[str, ...], ...]] = {
    RESIDENT: (("tip", "emergency"), ("mine", "help")),
    LEADER: (("check",), ("tip", "emergency"), ("mine", "help")),
    OFFICE: (("criteria",), ("tip", "emergency"), ("mine", "help")),
    POLICE_ON: (("queue", "summary"), ("criteria", "off_duty"), ("help",)),
    POLICE_OFF: (("queue", "summary"), ("criteria", "on_duty"), ("help",)),
}
# The commands listed for whoever has a keyboard.
_EVERYBODY = ("baotin", "tincuatoi", "camket", "khancap", "trogiup", "huy", "riengtu", "ngonngu")
_OFFICER = ("tin", "tonghop", "baocao", "tieuchi", "danhhieu", "taisan", "camket")
_AFTER = ("khancap", "trogiup", "huy", "riengtu", "ngonngu")
MENUS: dict[str, tuple[str, ...]] = {
    RESIDENT: _EVERYBODY,
    LEADER: ("diemdanh", *_EVERYBODY),
    OFFICE: ("tieuchi", "danhhieu", "taisan", *_EVERYBODY),
    POLICE_ON: (*_OFFICER, "raca", *_AFTER),
    POLICE_OFF: (*_OFFICER, "vaoca", *_AFTER),
}
LABELS = tuple(dict.fromkeys(label for rows in ROWS.values() for row in rows for label in row))


def labels_of(person: Person) -> frozenset[str]:
    """What stands on a person's keyboard; for an officer also on that of the other half of the day."""
    shown = {keyboard_of(person)} | ({POLICE_ON, POLICE_OFF} if person.as_police() else set())
    return frozenset(label for keyboard in shown for row in ROWS[keyboard] for label in row)


def keyboard_of(person: Person) -> str:
    """Which keyboard a person has: that of the first role that has one."""
    police = [held for held in person.roles if held.role in POLICE]
    if police:
        return POLICE_ON if any(held.on_duty for held in police) else POLICE_OFF
    if person.as_leader():
        return LEADER
    return OFFICE if any(held.role in (Role.WARD_OFFICE, Role.ADMIN) for held in person.roles) else RESIDENT
