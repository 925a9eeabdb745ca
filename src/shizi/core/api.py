"""The names of the calls that an app can make, as quotas and plans know them."""

from enum import StrEnum


class Api(StrEnum):
    """A call that is counted, and that an app may be barred from."""

    PRINTED_TEXT = "printed_text"
    VEHICLE_LICENCE = "vehicle_licence"
