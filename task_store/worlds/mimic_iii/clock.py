"""Time in the world: whole minutes since 2100-01-01, and how they are written."""

import datetime
from functools import lru_cache

DAY = 24 * 60
YEAR = 365.25
_START = datetime.datetime(2100, 1, 1)
_MINUTE = datetime.timedelta(minutes=1)
NOW = int((datetime.datetime(2105, 12, 31, 23, 59) - _START) / _MINUTE)


@lru_cache(maxsize=256)  # labs of one draw share their minute
def written(minute: int) -> str:
    """`YYYY-MM-DD HH:MM:SS`."""
    return (_START + minute * _MINUTE).isoformat(sep=" ")


def midnight(minute: int) -> int:
    """The beginning of the day."""
    return minute - minute % DAY
