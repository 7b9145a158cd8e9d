"""Time in this world: whole minutes since 2100-01-01 00:00, written as `YYYY-MM-DD HH:MM:SS`.

EHRSQL moves every stay into 2100-2105 and asks its questions at 2105-12-31 23:59:00
(the options `--start_year`, `--time_span`, `--current_time` of its preprocessing).
"""

import datetime

EPOCH = datetime.datetime(2100, 1, 1)
CURRENT_TIME = "2105-12-31 23:59:00"
NOW = int((datetime.datetime.fromisoformat(CURRENT_TIME) - EPOCH).total_seconds() // 60)
DAY = 24 * 60
YEAR = 365.25 * DAY

_DAYS = tuple((EPOCH + datetime.timedelta(days=day)).strftime("%Y-%m-%d ") for day in range(NOW // DAY + 1))
_CLOCK = tuple(f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(DAY))


def stamp(minute: int) -> str:
    """Text of a minute between the first day and the current time; a lookup, because worlds need millions."""
    day, rest = divmod(minute, DAY)
    return _DAYS[day] + _CLOCK[rest]
