"""Moments of the ledger and times of day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def moment(iso: str) -> datetime:
    """Return a moment of the ledger, aware and in UTC."""
    return datetime.fromisoformat(iso).astimezone(UTC)


def minutes_since(iso: str, now: datetime) -> int:
    """Return whole minutes since a moment, never negative."""
    return max(0, int((now - moment(iso)).total_seconds() // 60))


def clock_time(at: datetime, zone: str) -> str:
    """Return hours and minutes at the station."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day_and_time(iso: str, zone: str) -> str:
    """Return date, hours and minutes at the station."""
    return moment(iso).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
