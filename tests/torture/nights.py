"""The moments of a ward's day at which there is something to do by the clock."""

from datetime import datetime, time, timedelta

from domain.clocks import VIETNAM, local
from domain.duties import TONIGHT
from jobs.schedule import JOBS

MORNING = time(8)  # from here on somebody may ask to be reminded in the evening
MOMENTS = sorted({job.at for job in JOBS} | {TONIGHT, MORNING})


def next_moment(now: datetime) -> datetime:
    """The first of them after now."""
    here = local(now)
    later = [at for at in MOMENTS if at > here.time()]
    day = here.date() if later else here.date() + timedelta(days=1)
    return datetime.combine(day, later[0] if later else MOMENTS[0], VIETNAM)


def moved_to(moment: datetime) -> str:
    """What a process says when its clock was moved to a moment, and what was due then is done."""
    return f"the clock was moved to {moment.isoformat()}"
