"""How the models are run: one value from the settings to every worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from shizi.core.errors import EngineError, ModelError
from shizi.ocr import shelf
from shizi.ocr.profile import PROFILES, Profile
from shizi.ocr.shelf import Model, Part

if TYPE_CHECKING:
    from pathlib import Path

_PRECISIONS = ("auto", "f32", "bf16", "int8")


@dataclass(frozen=True, slots=True)
class Setup:
    """What is chosen about the models; travels to the processes that read.

    Attributes:
        session: Library that runs them, a name of `SESSIONS`.
        device: What they run on: `cpu`; `gpu` with OpenVINO, `cuda` or `tensorrt` with
            ONNX Runtime.
        profile: What may be lost for speed, a name of `PROFILES`.
        precision: `f32`, `bf16`, `int8`, or `auto`, which is the profile's.
        detector: What finds lines: `small`, or the name of an added model.
        recogniser: What reads them: `small`, or the name of an added model.
        models: Folder of added and int8 models; none for the user's own.
    """

    session: str = "openvino"
    device: str = "cpu"
    profile: str = "balanced"
    precision: str = "auto"
    detector: str = shelf.WHEEL
    recogniser: str = shelf.WHEEL
    models: Path | None = None

    def __post_init__(self) -> None:
        """Refuse names that stand for nothing.

        Raises:
            EngineError: The profile or the precision is none.
        """
        if self.profile not in PROFILES:
            message = f"profile: {self.profile!r} is none of {', '.join(PROFILES)}"
            raise EngineError(message)
        if self.precision not in _PRECISIONS:
            message = (
                f"precision: {self.precision!r} is none of {', '.join(_PRECISIONS)}"
            )
            raise EngineError(message)

    @property
    def worth(self) -> Profile:
        """Return what the profile's name stands for."""
        return PROFILES[self.profile]

    @property
    def arithmetic(self) -> str:
        """Return the arithmetic to run in: what is asked for, or else the profile's."""
        return self.worth.precision if self.precision == "auto" else self.precision

    @property
    def folder(self) -> Path:
        """Return the folder of added and int8 models."""
        return self.models or shelf.default_folder()

    @property
    def takes_int8(self) -> bool:
        """Return whether int8 models are run where they have been made."""
        # They are in OpenVINO's own format.
        by_profile = self.worth.is_int8 and self.session == "openvino"
        return self.precision == "int8" or (self.precision == "auto" and by_profile)

    def name_of(self, part: Part) -> str:
        """Return the name of the model that is chosen for a part."""
        return {Part.DETECTOR: self.detector, Part.RECOGNISER: self.recogniser}[part]


USUAL = Setup()


class Chosen(NamedTuple):
    """A model as it is run.

    Attributes:
        source: The ONNX file, which holds the recogniser's characters, too.
        run: What is run: the same, or the int8 model that was made of it.
    """

    source: Model
    run: Model

    @property
    def told(self) -> str:
        """What a person calls it: `detector small`, `recogniser small in int8`."""
        form = "" if self.run is self.source else " in int8"
        return f"{self.source.part} {self.source.name}{form}"


def choose_models(setup: Setup) -> dict[Part, Chosen]:
    """Return the model of each part, after the checksums of all files were compared.

    Raises:
        ModelError: A model is missing or altered, or int8 is asked for and there is
            none.
    """
    chosen: dict[Part, Chosen] = {}
    for part in Part:
        source = shelf.find(setup.folder, part, setup.name_of(part))
        made = shelf.find_int8(setup.folder, source) if setup.takes_int8 else None
        chosen[part] = Chosen(source, made or source)
    if setup.precision == "int8" and all(a is b for a, b in chosen.values()):
        message = f"there is no int8 model in {setup.folder}: shizi models optimise"
        raise ModelError(message)
    return chosen
