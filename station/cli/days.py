"""Days as they are given to options."""

from datetime import date

from station.cli.failure import Unusable


def day_of(text: str) -> date:
    """Return the day that an option names, as YYYY-MM-DD.

    Raises:
        Unusable: it names none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable.of("day", given=text) from None
