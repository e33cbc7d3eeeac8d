"""What every frozen type of the model has in common."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: never changed after it is made, and without fields that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")
