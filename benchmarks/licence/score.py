"""How well licences were read: fields, whole documents, places, confidences.

A value is right when it equals the truth after NFKC, without white space, with dashes,
middle dots and multiplication signs each taken for one. Where a picture shows a value
the answer is right, empty or wrong; where it shows none, an answer is a ghost, but for
the plate, which may stand in both of its fields.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.geometry import Outline
from benchmarks.licence.licences import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Corners = tuple[tuple[float, float], ...]

# From where on a position is the true one, and a confidence a promise.
PLACED = 0.9
SURE = 0.95
# WeChat's answer to a picture without the document.
NOT_FOUND = 101001

_OTHER_NAMES = {
    "vehicle_type": ("vhicle_type",),
    "prepare_quality": ("totalprepare_quality_quality",),
}
_PLATES = ("plate_num", "plate_num_b")
_DASHED = ("passengers_num", "total_quality", "prepare_quality", "engine_num")
_CORNERS = ("left_top", "right_top", "right_bottom", "left_bottom")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a picture shows.

    Attributes:
        name: The file's name without its ending.
        condition: What it was taken under; "none" where it shows no licence.
        kind: "photo" or "scan".
        fields: The value of each of `FIELDS`; "" for what is not on it.
        quads: The corners of each page.
    """

    name: str
    condition: str
    kind: str
    fields: Mapping[str, str]
    quads: Mapping[str, Corners] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a picture.

    Attributes:
        fields: The values that were given, by the names of `FIELDS`.
        confidences: Probability that a value is right, where it was told.
        quads: The corners of each page that was found.
        found: Whether a licence was found at all.
    """

    fields: Mapping[str, str]
    confidences: Mapping[str, float] = field(default_factory=dict)
    quads: Mapping[str, Corners] = field(default_factory=dict)
    found: bool = True


@dataclass(slots=True)
class Tally:
    """What was counted over some pictures.

    Attributes:
        counts: Of values: "values", "right", "empty", "wrong", "absent", "ghosts",
            "sure", "sure right"; of documents: "documents", "whole", "with wrong",
            "missed"; of pages: "pages", "pages found", "placed", "page ghosts"; of
            pictures without a licence: "others", "refused".
        by_field: The counts of values of each field.
    """

    counts: Counter[str] = field(default_factory=Counter)
    by_field: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Count what another tally has counted as well."""
        self.counts += other.counts
        for name, counts in other.by_field.items():
            self.by_field[name] = self.by_field.get(name, Counter()) + counts

    def counted(self) -> dict[str, object]:
        """Return the counts as plain dictionaries, for a file."""
        fields = {name: dict(counts) for name, counts in self.by_field.items()}
        return {"counts": dict(self.counts), "by_field": fields}

    def share(self, part: str, whole: str) -> float | None:
        """Return a count over another; None where there was nothing to count."""
        total = self.counts[whole]
        return self.counts[part] / total if total else None


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that is not right: given, wanted, and how sure."""

    name: str
    field: str
    wanted: str
    given: str
    confidence: float | None


def normalise(name: str, text: str) -> str:
    """Return a value of a field as it is compared."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = re.sub("[\u2022\u30fb]", "\u00b7", text).replace("\uff0e", ".")
    if name in _DASHED and text and not text.strip("-"):
        return "--"
    if name == "overall_size":
        return re.sub(r"(?<=\d)[\u00d7xX*](?=\d)", "x", text)
    return text


def judge(truth: Truth, answer: Answer) -> tuple[Tally, list[Slip]]:
    """Return what an answer counts, and every value in it that is not right."""
    tally = Tally()
    if truth.condition == "none":
        tally.counts["others"] += 1
        tally.counts["refused"] += not answer.found
        return tally, []
    slips = _judge_values(truth, answer, tally)
    tally.counts["documents"] += 1
    tally.counts["missed"] += not answer.found
    tally.counts["whole"] += not slips
    tally.counts["with wrong"] += any(slip.given for slip in slips)
    for page, quad in truth.quads.items():
        tally.counts["pages"] += 1
        if page in answer.quads:
            tally.counts["pages found"] += 1
            overlap = Outline(quad).overlap(Outline(answer.quads[page]))
            tally.counts["placed"] += overlap >= PLACED
    tally.counts["page ghosts"] += len(set(answer.quads) - set(truth.quads))
    return tally, slips


def _judge_values(truth: Truth, answer: Answer, tally: Tally) -> list[Slip]:
    plates = {normalise(name, truth.fields[name]) for name in _PLATES} - {""}
    slips = []
    for name in FIELDS:
        wanted = normalise(name, truth.fields[name])
        given = normalise(name, answer.fields.get(name, ""))
        if not wanted:
            if name in _PLATES and given in plates:
                continue
            verdicts = ["absent", "ghosts"] if given else ["absent"]
        else:
            verdict = "right" if given == wanted else "wrong" if given else "empty"
            verdicts = ["values", verdict]
        confidence = answer.confidences.get(name)
        if given and confidence is not None and confidence >= SURE:
            verdicts += ["sure", "sure right"] if given == wanted else ["sure"]
        tally.counts.update(verdicts)
        tally.by_field.setdefault(name, Counter()).update(verdicts)
        if given != wanted:
            shown = answer.fields.get(name, "")
            slips.append(Slip(truth.name, name, truth.fields[name], shown, confidence))
    return slips


def by_condition(judged: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    """Return the tallies of each condition, and under "ALL" those of all licences."""
    groups: dict[str, Tally] = {}
    every = Tally()
    for condition, tally in judged:
        groups.setdefault(condition, Tally()).add(tally)
        every.add(tally)
    return groups | {"ALL": every}


def read_truth(row: Mapping[str, object]) -> Truth:
    """Return the truth that stands in a picture's file.

    Raises:
        ValueError: The file lacks fields or pages.
    """
    fields, quads = row.get("fields"), row.get("quads")
    lacking = set(FIELDS) - set(fields) if isinstance(fields, dict) else set(FIELDS)
    if not isinstance(fields, dict) or not isinstance(quads, dict) or lacking:
        message = f"{row.get('image')}: no truth of a licence, without {lacking}"
        raise ValueError(message)
    return Truth(
        name=str(row["image"]).rpartition(".")[0],
        condition=str(row["condition"]),
        kind=str(row["type"]),
        fields={key: str(fields[key]) for key in FIELDS},
        quads={page: _corners(quad) for page, quad in quads.items()},
    )


def read_truths(folder: Path) -> list[Truth]:
    """Return the truths of a folder, in the order of their names.

    Raises:
        ValueError: A file is no truth.
    """
    files = sorted(folder.glob("*.json"))
    return [read_truth(json.loads(file.read_text("utf-8"))) for file in files]


def read_answer(reply: Mapping[str, object]) -> Answer:
    """Return what stands in a reply of the server to a picture, in WeChat's form."""
    if reply.get("errcode", 0) == NOT_FOUND:
        return Answer({}, found=False)
    fields = {}
    for name in FIELDS:
        for key in (name, *_OTHER_NAMES.get(name, ())):
            value = reply.get(key)
            if isinstance(value, str) and value.strip():
                fields[name] = value
                break
    if "plate_num" not in reply and "plate_num_b" in fields:
        fields["plate_num"] = fields["plate_num_b"]
    quads = {}
    for page in ("front", "back"):
        place = reply.get(f"card_position_{page}")
        if isinstance(place, dict) and place.get("pos"):
            quads[page] = tuple(
                (float(place["pos"][c]["x"]), float(place["pos"][c]["y"]))
                for c in _CORNERS
            )
    return Answer(fields, _confidences(reply.get("detail")), quads)


def _confidences(detail: object) -> dict[str, float]:
    """Return the confidences of a reply's details, by field."""
    if not isinstance(detail, dict):
        return {}
    entries = detail.get("fields", detail)
    found = {}
    for name, entry in entries.items():
        if isinstance(entry, dict) and isinstance(entry.get("confidence"), int | float):
            found[name] = float(entry["confidence"])
    return found


def _corners(quad: Sequence[Sequence[float]]) -> Corners:
    return tuple((float(x), float(y)) for x, y in quad)
