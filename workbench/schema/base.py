"""The common ground of the wire types."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Wire(BaseModel):
    """A frozen message; unknown fields are refused. Floats may be NaN or infinite, as `"NaN"`, `"Infinity"` on the wire."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", protected_namespaces=())


Time = AwareDatetime
"""A moment, aware, in UTC, to the microsecond."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
"""A name of a model, run configuration or experiment: letters, digits, space, dot, underscore, dash."""

ServiceName = Annotated[str, StringConstraints(min_length=3, max_length=32, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])$")]
"""A service's name: 3 to 32 lower-case letters, digits, dots and dashes, a letter or digit at both ends."""
