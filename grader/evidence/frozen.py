"""The one way data is held here: frozen, complete, with no field that nobody declared."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Data that does not change once it is made; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
