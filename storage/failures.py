"""What can go wrong in a database, in words a caller can act on.

Texts of these errors name statements and constraints, never values: a driver's own message may quote a whole row
("Key (chat)=(…) already exists"), so it is not passed on.
"""


class DatabaseFailure(Exception):
    """The base of every failure of a statement or a transaction."""


class Busy(DatabaseFailure):
    """Locked, deadlocked or overtaken by another transaction: run the whole transaction again."""


class Full(DatabaseFailure):
    """No room on the disk: nothing was kept; try again when there is room."""


class Gone(DatabaseFailure):
    """The connection or the disk is lost, or only reads. Raised by a commit, it leaves open whether that happened."""


class Conflict(DatabaseFailure):
    """A unique key, a foreign key or a check refused the row."""


class Broken(DatabaseFailure):
    """A statement that can't work (a mistake of ours), or any failure that is none of the others."""


class Aborted(DatabaseFailure):
    """The transaction, or this savepoint, has already failed: only rolling back is left."""


def code_of(failure: DatabaseFailure) -> str:
    """What an operator is told of a failure: it passes by itself, there is room to make, or something to mend."""
    if isinstance(failure, Full):
        return "database.full"
    return "database.busy" if isinstance(failure, Busy) else "database.gone"
