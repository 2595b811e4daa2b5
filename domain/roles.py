"""The roles by themselves: the command line names them in its options, and has no use for the models of `people`."""

from enum import StrEnum


class Role(StrEnum):
    """Roles that an invitation can give (`contract.md`)."""

    LEADER = "leader"
    DEPUTY = "deputy"
    DUTY_OFFICER = "duty_officer"
    BEAT_OFFICER = "beat_officer"
    WARD_CHIEF = "ward_chief"
    WARD_OFFICE = "ward_office"
    PROVINCE = "province"
    ADMIN = "admin"
