"""Both pages of a licence, set in two layers: what is pre-printed, and the values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.licence import guilloche, ink
from benchmarks.licence.lettering import Layer, Type, broken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.lettering import Box
    from benchmarks.licence.licences import Licence
    from benchmarks.licence.looks import Look

# A card is 88 x 60 mm; pages are drawn with this many pixels to the millimetre.
CARD = (88.0, 60.0)
PER_MM = 16
WIDTH, HEIGHT = round(CARD[0] * PER_MM), round(CARD[1] * PER_MM)
RADIUS = 4.0

_TITLE = "中华人民共和国机动车行驶证"
_ENGLISH_TITLE = "Vehicle License of the People's Republic of China"
# Centre of the row, and per label: Chinese, English, left edge; in % of the card.
_FRONT_LABELS = (
    (24, (("号牌号码", "Plate No.", 4), ("车辆类型", "Vehicle Type", 50))),
    (34, (("所有人", "Owner", 4),)),
    (45, (("住址", "Address", 4),)),
    (58, (("使用性质", "Use Character", 4), ("品牌型号", "Model", 44))),
    (69, (("车辆识别代号", "VIN", 31),)),
    (79, (("发动机号码", "Engine No.", 31),)),
    (89, (("注册日期", "Register Date", 31), ("发证日期", "Issue Date", 65))),
)
# Per value: its label, the next thing to the right, row and left edge in %.
_FRONT_VALUES = {
    "plate_num": ("号牌号码", "车辆类型", 24, 20),
    "vehicle_type": ("车辆类型", "", 24, 64),
    "owner": ("所有人", "", 34, 20),
    "addr": ("住址", "", 45, 20),
    "use_character": ("使用性质", "品牌型号", 58, 21),
    "model": ("品牌型号", "", 58, 58),
    "vin": ("车辆识别代号", "", 69, 51),
    "engine_num": ("发动机号码", "", 79, 51),
    "register_date": ("注册日期", "发证日期", 89, 45),
    "issue_date": ("发证日期", "", 89, 78),
}
_BACK_LABELS = (
    (14, (("号牌号码", "Plate No.", 4), ("档案编号", "File No.", 48.5))),
    (25, (("核定载人数", "Approved Passengers", 4), ("总质量", "Gross Mass", 48.5))),
    (35, (("整备质量", "Unladen Mass", 4), ("核定载质量", "Approved Load", 48.5))),
    (45, (("外廓尺寸", "Dimension", 4), ("准牵引总质量", "Traction Mass", 48.5))),
    (56, (("备注", "Remarks", 4),)),
    (68, (("检验记录", "Inspection", 4),)),
)
_BACK_VALUES = {
    "plate_num_b": ("号牌号码", "档案编号", 14, 23),
    "record": ("档案编号", "", 14, 60),
    "passengers_num": ("核定载人数", "总质量", 25, 23),
    "total_quality": ("总质量", "", 25, 69),
    "prepare_quality": ("整备质量", "核定载质量", 35, 23),
    "approved_load": ("核定载质量", "", 35, 69),
    "overall_size": ("外廓尺寸", "准牵引总质量", 45, 21),
    "traction_mass": ("准牵引总质量", "", 45, 69),
}
_SPACED = {"所有人": "所 有 人", "住址": "住　　址", "备注": "备　注"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn page.

    Attributes:
        image: uint8, (HEIGHT, WIDTH, 3), RGB.
        boxes: float64, (4, 2) each: where every value stands, in pixels of the page.
    """

    image: NDArray[np.uint8]
    boxes: dict[str, NDArray[np.float64]]


class _Plan:
    """Where things stand on one page, each a few percent off its usual place."""

    def __init__(self, look: Look, chance: Chance) -> None:
        self._chance = chance
        jitter = look.jitter
        self._grow = (
            look.spread + chance.about(0, 0.01 * jitter),
            look.spread + chance.about(0, 0.01 * jitter),
        )
        self._move = chance.about(0, 0.6 * jitter), chance.about(0, 0.6 * jitter)
        self._loose = 0.45 * jitter
        self._rows: dict[float, float] = {}
        self._columns: dict[float, float] = {}

    def x(self, percent: float) -> float:
        """Return a column's place in pixels; the same percent gives the same place."""
        if percent not in self._columns:
            self._columns[percent] = self._chance.about(0, self._loose)
        placed = (percent - 50) * self._grow[0] + 50 + self._move[0]
        return (placed + self._columns[percent]) * WIDTH / 100

    def y(self, percent: float) -> float:
        """Return a row's place in pixels; the same percent gives the same place."""
        if percent not in self._rows:
            self._rows[percent] = self._chance.about(0, self._loose)
        placed = (percent - 50) * self._grow[1] + 50 + self._move[1]
        return (placed + self._rows[percent]) * HEIGHT / 100


def front(licence: Licence, look: Look, chance: Chance) -> Drawn:
    """Return the main page."""
    plan = _Plan(look, chance)
    labels, values = Layer(WIDTH, HEIGHT), Layer(WIDTH, HEIGHT)
    _title(labels, _TITLE, plan.y(9), look, chance)
    kind = look.english.resized(chance.between(1.25, 1.5))
    wide = kind.width(_ENGLISH_TITLE)
    labels.set(
        _ENGLISH_TITLE, (WIDTH - wide) / 2, plan.y(15.3), kind, most=0.75 * WIDTH
    )
    ends = _labels(labels, _FRONT_LABELS, plan, look, chance, english=True)
    if look.front_rules:
        for row in (29.3, 39.2, 52, 63.5, 73.8, 83.8, 94.5):
            start = plan.x(4 if row < 60 else 31)
            _rule(labels, start, plan.y(row), plan.x(97))
    boxes: dict[str, Box] = {}
    for name, (label, following, row, left) in _FRONT_VALUES.items():
        if not licence.fields[name]:
            continue
        x, room = _room(ends, label, following, plan.x(left + look.column), chance)
        lines = {"addr": 2, "owner": 2, "model": 2}.get(name, 1)
        kind = look.plate_type if name == "plate_num" else look.value
        place = x, plan.y(row), room
        boxes[name] = _value(values, licence.fields[name], place, kind, lines)
    seal = _seal(licence.authority, plan, look, chance)
    return _finish(labels, values, boxes, look, chance, seal=seal)


def back(licence: Licence, look: Look, chance: Chance) -> Drawn:
    """Return the second page."""
    plan = _Plan(look, chance)
    labels, values = Layer(WIDTH, HEIGHT), Layer(WIDTH, HEIGHT)
    if look.back_title:
        _title(labels, _TITLE + "副页", plan.y(6), look, chance)
    ends = _labels(labels, _BACK_LABELS, plan, look, chance, english=look.back_english)
    if look.back_rules:
        for row in (19.5, 30, 40, 50.3, 62, 86):
            _rule(labels, plan.x(4), plan.y(row), plan.x(97))
    boxes: dict[str, Box] = {}
    said = licence.fields | {
        "approved_load": licence.approved_load,
        "traction_mass": licence.traction_mass,
    }
    for name, (label, following, row, left) in _BACK_VALUES.items():
        x, room = _room(ends, label, following, plan.x(left), chance)
        kind = look.plate_type if name == "plate_num_b" else look.value
        boxes[name] = _value(values, said[name], (x, plan.y(row), room), kind, 1)
    pitch = (5.4 - 0.4 * len(licence.remarks)) / 100 * HEIGHT
    small = look.value.resized(min(1.0, pitch / look.value.size / 1.02))
    if len(licence.remarks) < 2:
        small = look.value
    for i, line in enumerate(licence.remarks):
        at = plan.x(21), plan.y(56) + (i - (len(licence.remarks) - 1) / 2) * pitch
        boxes[f"remarks.{i}"] = values.set(line, *at, small, most=0.74 * WIDTH)
    records = _inspections(licence, plan, look, chance)
    _barcode(labels, licence.serial, plan, look, chance)
    return _finish(labels, values, boxes, look, chance, records=records)


def _title(layer: Layer, text: str, middle: float, look: Look, chance: Chance) -> None:
    size = chance.between(0.058, 0.068) * HEIGHT / look.label.size
    kind = look.title.resized(size * (0.86 if text.endswith("副页") else 1))
    room = chance.between(0.56, 0.66) * WIDTH
    extra = (room - kind.width(text)) / max(1, len(text) - 1) / kind.size
    kind = look.title_spaced(kind, max(0.0, min(0.25, extra)))
    layer.set(text, (WIDTH - kind.width(text)) / 2, middle, kind)


def _labels(
    layer: Layer,
    rows: tuple[tuple[float, tuple[tuple[str, str, float], ...]], ...],
    plan: _Plan,
    look: Look,
    chance: Chance,
    *,
    english: bool,
) -> dict[str, tuple[float, float]]:
    """Set the labels; return where each starts and ends."""
    ends = {}
    lift = chance.between(0.4, 1.6) / 100 * HEIGHT if english else 0.0
    gap = chance.between(3.2, 3.9) / 100 * HEIGHT
    for row, labels in rows:
        for chinese, foreign, left in labels:
            x, y = plan.x(left), plan.y(row) - lift
            text = _SPACED.get(chinese, chinese) if look.spaced else chinese
            box = layer.set(text, x, y, look.label, most=0.2 * WIDTH)
            ends[chinese] = box[0], box[2]
            if english:
                layer.set(foreign, x, y + gap, look.english)
    return ends


def _room(
    ends: dict[str, tuple[float, float]],
    label: str,
    following: str,
    x: float,
    chance: Chance,
) -> tuple[float, float]:
    """Return where a value starts, and the width that it has."""
    # A value touches its label, or the next one, now and then.
    gap = chance.between(-0.3, 0.3) if chance.happens(0.12) else chance.between(0.4, 1)
    x = max(x, ends[label][1] + gap / 100 * WIDTH)
    end = ends[following][0] if following else 0.982 * WIDTH
    return x, end - gap / 100 * WIDTH - x


def _value(
    layer: Layer, text: str, place: tuple[float, float, float], kind: Type, lines: int
) -> Box:
    """Set a value in its room, in several lines where one is not enough."""
    x, middle, room = place
    if kind.width(text) <= room or lines == 1:
        return layer.set(text, x, middle, kind, most=room)
    if kind.width(text) <= 1.12 * room:
        return layer.set(text, x, middle, kind, most=room)
    pieces = broken(text, kind, room, lines)
    longest = max(kind.width(piece) for piece in pieces)
    kind = kind.resized(min(0.92, room / longest))
    step = 1.12 * kind.size
    top = middle - step * (len(pieces) - 1) / 2
    boxes = [
        layer.set(piece, x, top + i * step, kind) for i, piece in enumerate(pieces)
    ]
    return x, boxes[0][1], max(box[2] for box in boxes), boxes[-1][3]


def _rule(layer: Layer, left: float, y: float, right: float) -> None:
    layer.pencil.line((left, y, right, y), fill=150, width=2)


def _inspections(
    licence: Licence, plan: _Plan, look: Look, chance: Chance
) -> list[tuple[Layer, Box]]:
    """Return each line of the record on a layer of its own: each was printed alone."""
    count = len(licence.inspections)
    pitch = max(4.1, min(5.2, 20 / count)) / 100 * HEIGHT
    top = plan.y(66.5) if count > 3 else plan.y(chance.between(67, 72))
    size = min(1.0, pitch / look.value.size / 1.05)
    left = plan.x(chance.between(21, 26))
    found = []
    for i, inspection in enumerate(licence.inspections):
        layer = Layer(WIDTH, HEIGHT)
        x = left + chance.about(0, 0.006) * WIDTH
        box = layer.set(inspection.text, x, top + i * pitch, look.value.resized(size))
        found.append((layer, box))
    return found


def _barcode(
    layer: Layer, serial: str, plan: _Plan, look: Look, chance: Chance
) -> None:
    left = plan.x(chance.between(18, 28))
    right = left + chance.between(0.45, 0.58) * WIDTH
    top, bottom = plan.y(88), plan.y(chance.between(93, 94.4))
    bits = chance.rng.integers(1, 4, size=117)
    edges = left + np.cumsum(bits) / bits.sum() * (right - left)
    for start, end in zip(edges[0::2], edges[1::2], strict=False):
        layer.pencil.rectangle((start, top, end - 1, bottom), fill=255)
    kind = look.value.resized(0.8)
    spaced = look.title_spaced(kind, chance.between(0, 0.25))
    text = f"*{serial}*"
    middle = (left + right) / 2 - spaced.width(text) / 2
    layer.set(text, middle, bottom + 0.026 * HEIGHT, spaced)


def _seal(authority: str, plan: _Plan, look: Look, chance: Chance) -> NDArray[np.uint8]:
    """Return the mask of the square seal: three rows, as cut in rubber."""
    size = round(chance.between(18.6, 20.4) * PER_MM)
    layer = Layer(size, size)
    frame = chance.whole(4, 9)
    layer.pencil.rectangle((2, 2, size - 3, size - 3), outline=255, width=frame)
    rows = _seal_rows(authority)
    inner = size - 2 * frame - 16
    for i, row in enumerate(rows):
        kind = look.seal.resized(inner / len(rows) * 0.98 / look.seal.size)
        cell = Layer(round(kind.size * len(row) * 1.02), round(kind.size * 1.1))
        for j, character in enumerate(row):
            cell.set(character, j * kind.size * 1.02, kind.size * 0.55, kind)
        wide = round(inner * len(row) / max(map(len, rows)))
        squeezed = cell.image.resize((wide, round(inner / len(rows) * 0.94)))
        layer.image.paste(
            squeezed, (frame + 8, round(frame + 8 + i * inner / len(rows)))
        )
    page = Layer(WIDTH, HEIGHT)
    shift = [chance.about(0, 0.9 * look.jitter) * PER_MM * 0.6 for _ in range(2)]
    turned = layer.image.rotate(
        chance.about(0, 1.6), expand=True, resample=Image.Resampling.BILINEAR
    )
    at = (
        round(max(4, plan.x(4.5) + shift[0])),
        round(min(HEIGHT - size - 6, plan.y(63) + shift[1])),
    )
    page.image.paste(turned, at)
    return page.mask


def _seal_rows(authority: str) -> tuple[str, str, str]:
    step = -(-len(authority) // 3)
    return authority[:step], authority[step : 2 * step], authority[2 * step :]


def _finish(
    labels: Layer,
    values: Layer,
    boxes: dict[str, Box],
    look: Look,
    chance: Chance,
    *,
    seal: NDArray[np.uint8] | None = None,
    records: list[tuple[Layer, Box]] | None = None,
) -> Drawn:
    paper = guilloche.paper(WIDTH, HEIGHT, look.tints, look.patterns, chance)
    cover = labels.mask.astype(np.float32) / np.float32(255)
    paper = ink.laid(paper, cover * np.float32(look.label_strength), look.label_ink)
    shift = tuple(chance.about(0, 0.4 * look.jitter) * PER_MM for _ in range(2))
    mask, matrix = ink.displaced(
        values.mask,
        (shift[0], shift[1]),
        chance.about(0, 0.22 * look.jitter),
        1 + chance.about(0, 0.004),
    )
    corners = {name: _moved(box, matrix) for name, box in boxes.items()}
    printed = ink.printed(mask, look.printer, chance, faded=look.faded)
    paper = ink.laid(paper, printed * look.strength, look.ink)
    for i, (layer, box) in enumerate(records or []):
        off = tuple(chance.about(0, 0.12) * PER_MM + s for s in shift)
        mask, matrix = ink.displaced(
            layer.mask, (off[0], off[1]), chance.about(0, 0.3), 1.0
        )
        faded = look.faded if chance.happens(0.5) else chance.between(0, 0.5)
        printed = ink.printed(mask, look.printer, chance, faded=faded)
        paper = ink.laid(paper, printed * chance.between(0.65, 1.0), look.ink)
        corners[f"inspection.{i}"] = _moved(box, matrix)
    if seal is not None:
        paper = ink.laid(paper, ink.stamped(seal, chance), look.seal_ink)
    image = np.clip(paper, 0, 255).astype(np.uint8)
    return Drawn(image, corners)


def _moved(box: Box, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    left, top, right, bottom = box
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return np.asarray(corners @ matrix[:, :2].T + matrix[:, 2], np.float64)
