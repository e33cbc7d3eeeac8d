"""Version 2: plates and VINs have an index of their own, for the search by a part of one."""

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from alembic.operations import Operations

_IS_VEHICLE = text("field IN ('plate', 'vin')")


def upgrade(operations: "Operations") -> None:
    """Bring the record tables from version 1 to version 2."""
    operations.create_index(
        "ix_personal_vehicle",
        "personal",
        ["value", "subject"],
        sqlite_where=_IS_VEHICLE,
        postgresql_where=_IS_VEHICLE,
    )
