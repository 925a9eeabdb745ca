"""The names of the calls that an app can make, as quotas and plans know them."""

from enum import StrEnum


class Api(StrEnum):
    """A call that is counted."""

    PRINTED_TEXT = "printed_text"
    VEHICLE_LICENCE = "vehicle_licence"
