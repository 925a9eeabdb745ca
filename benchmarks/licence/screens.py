"""Screenshots of telephones that show the electronic licence, or something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.licence.lettering import Layer, Type, broken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.licences import Licence
    from benchmarks.render.fonts import Face
    from benchmarks.render.sheet import Colour

Row = tuple[str, tuple[str, ...]]
# Rows as the application words them; what a row holds is looked up in `_said`.
_MAIN: tuple[Row, ...] = (
    ("plate_num", ("号牌号码",)),
    ("vehicle_type", ("车辆类型",)),
    ("owner", ("所有人", "机动车所有人")),
    ("addr", ("住址",)),
    ("use_character", ("使用性质",)),
    ("model", ("品牌型号",)),
    ("vin", ("车辆识别代号",)),
    ("engine_num", ("发动机号码", "发动机号")),
    ("register_date", ("注册日期",)),
    ("issue_date", ("发证日期",)),
)
_SECOND: tuple[Row, ...] = (
    ("record", ("档案编号",)),
    ("passengers_num", ("核定载人数",)),
    ("total_quality", ("总质量",)),
    ("prepare_quality", ("整备质量",)),
    ("approved_load", ("核定载质量",)),
    ("overall_size", ("外廓尺寸",)),
    ("traction_mass", ("准牵引总质量",)),
    ("energy", ("能源种类", "燃料种类")),
    ("inspected", ("检验有效期止", "检验有效期至")),
    ("scrapped", ("强制报废期止",)),
    ("remarks", ("备注",)),
)
_MORE: tuple[Row, ...] = (
    ("status", ("状态", "机动车状态")),
    ("colour", ("车身颜色",)),
    ("issuing_authority", ("发证机关",)),
    ("made", ("生成时间",)),
)


@dataclass(frozen=True, slots=True)
class Screen:
    """How an application lays out the electronic licence.

    Attributes:
        place: Where a value stands: right of its label, at the right edge, or below.
        bar: Colour of the bar at the top; of the page; of the panel with the rows.
        label: Colour of labels; of values.
        colon: Whether a colon follows each label.
        rules: Whether thin lines part the rows.
        titled: Whether the licence's name stands over the rows.
        code: Whether a square code stands over the rows.
        header: What the bar says.
        pairs: Whether short rows stand two abreast.
        striped: Whether every other row is shaded.
    """

    place: Literal["right", "edge", "below"]
    bar: Colour
    page: Colour
    panel: Colour
    label: Colour
    value: Colour
    colon: bool
    rules: bool
    titled: bool
    code: bool
    header: str
    pairs: bool = False
    striped: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawn screen.

    Attributes:
        image: uint8, (H, W, 3), RGB.
        fields: What each shown row says, by its name.
        boxes: float64, (4, 2): where each value stands.
    """

    image: NDArray[np.uint8]
    fields: dict[str, str]
    boxes: dict[str, NDArray[np.float64]]


def licence_screen(
    licence: Licence, screen: Screen, faces: tuple[Face, ...], chance: Chance
) -> Shown:
    """Return a screenshot of the electronic licence."""
    said = _said(licence, chance)
    rows = [
        (name, chance.one_of(labels), said[name])
        for name, labels in _order(chance)
        if said.get(name)
    ]
    return draw_rows(rows, screen, faces, chance, title="中华人民共和国机动车行驶证")


def draw_rows(
    rows: list[tuple[str, str, str]],
    screen: Screen,
    faces: tuple[Face, ...],
    chance: Chance,
    *,
    title: str,
) -> Shown:
    """Return a screenshot of rows of (name, label, value)."""
    width = chance.one_of((720, 828, 1080, 1170, 1242, 1440))
    unit = width / 375
    size = chance.between(13.5, 16.5) * unit
    kind = Type(faces, chance.one_of(faces), size)
    small = kind.resized(chance.between(0.86, 1.0))
    board = _Board(width, unit, screen)
    board.top(kind, chance)
    if screen.titled:
        board.centred(title, kind.resized(chance.between(1.05, 1.25)))
    if screen.code:
        board.square_code(chance)
    board.open_panel()
    fields, boxes = {}, {}
    queue = list(rows)
    while queue:
        pair = screen.pairs and len(queue) > 1 and _short(queue[0]) and _short(queue[1])
        taken = [queue.pop(0) for _ in range(2 if pair else 1)]
        placed = board.row([(label, value) for _, label, value in taken], kind, small)
        for (name, _, value), box in zip(taken, placed, strict=True):
            fields[name], boxes[name] = value, box
    image = board.finish(chance)
    return Shown(image, fields, boxes)


def _short(row: tuple[str, str, str]) -> bool:
    return len(row[2]) <= 9


def _order(chance: Chance) -> list[Row]:
    """Return which rows are shown, in which order."""
    main = [row for row in _MAIN if row[0] != "addr" or chance.happens(0.6)]
    more = [row for row in _MORE if chance.happens(0.6)]
    second = [row for row in _SECOND if chance.happens(0.85)]
    amount = chance.weighted([("all", 0.6), ("main", 0.3), ("mixed", 0.1)])
    if amount == "main":
        return main + more[:1]
    if amount == "mixed":
        return [*main[1:3], *more[:1], main[0], *main[3:], *second, *more[1:]]
    return [*main, *more[:2], *second, *more[2:]]


def _said(licence: Licence, chance: Chance) -> dict[str, str]:
    """Return what the rows say; owner and address may be masked."""
    fields = licence.fields
    owner, address = fields["owner"], fields["addr"]
    if chance.happens(0.3) and len(owner) <= 4:
        owner = owner[0] + "*" * (len(owner) - 1)
        if chance.happens(0.4):
            owner = "*" * (len(owner) - 1) + fields["owner"][-1]
    if chance.happens(0.15):
        address = address[: max(6, len(address) // 2)] + "*" * chance.whole(4, 8)
    register = fields["register_date"]
    made = (
        f"{chance.whole(2023, 2026)}-{chance.whole(1, 12):02}-{chance.whole(1, 28):02}"
    )
    clock = (
        f"{chance.whole(7, 22):02}:{chance.whole(0, 59):02}:{chance.whole(0, 59):02}"
    )
    scrapped = (
        f"{int(register[:4]) + 15}{register[4:7]}-{min(28, int(register[8:])):02}"
    )
    return fields | {
        "owner": owner,
        "addr": address,
        "approved_load": licence.approved_load,
        "traction_mass": licence.traction_mass,
        "energy": licence.energy or "汽油",
        "inspected": licence.inspections[-1].until,
        "scrapped": scrapped,
        "remarks": " ".join(licence.remarks) or "",
        "status": chance.weighted([("正常", 0.8), ("逾期未检验", 0.1), ("转出", 0.1)]),
        "colour": chance.one_of(("白", "黑", "灰", "红", "蓝", "棕")),
        "issuing_authority": licence.authority,
        "made": f"{made} {clock}",
    }


class _Board:
    """A screen that grows downwards as rows are put on it."""

    def __init__(self, width: int, unit: float, screen: Screen) -> None:
        self._width, self._unit, self._screen = width, unit, screen
        self._image = Image.new("RGB", (width, round(3400 * unit / 2)), screen.page)
        self._pencil = ImageDraw.Draw(self._image)
        self._y = 0.0
        self._panel = 0.0
        self._count = 0

    def top(self, kind: Type, chance: Chance) -> None:
        """Put the clock and the application's bar."""
        unit, screen = self._unit, self._screen
        height = 88 * unit
        self._pencil.rectangle((0, 0, self._width, height), fill=screen.bar)
        ink = (255, 255, 255) if sum(screen.bar) < 500 else (20, 20, 20)
        clock = f"{chance.whole(0, 23)}:{chance.whole(0, 59):02}"
        self._set(clock, 24 * unit, 22 * unit, kind.resized(0.85), ink)
        self._set(f"{chance.whole(5, 99)}%", self._width - 50 * unit, 22 * unit,
                  kind.resized(0.7), ink)  # fmt: skip
        head = kind.resized(1.15)
        x = (self._width - head.width(screen.header)) / 2
        self._set(screen.header, x, 64 * unit, head, ink)
        self._pencil.line(
            [(26 * unit, 56 * unit), (18 * unit, 64 * unit), (26 * unit, 72 * unit)],
            fill=ink,
            width=max(2, round(1.6 * unit)),
        )
        self._y = height + 14 * unit

    def centred(self, text: str, kind: Type) -> None:
        """Put a line in the middle."""
        wide = kind.width(text)
        kind = kind.resized(min(1.0, 0.9 * self._width / wide))
        x = (self._width - kind.width(text)) / 2
        self._set(text, x, self._y + kind.size, kind, self._screen.value)
        self._y += 2.1 * kind.size

    def square_code(self, chance: Chance) -> None:
        """Put a square code, as for a policeman's reader."""
        side = round(chance.between(90, 150) * self._unit)
        cells = np.where(chance.rng.random((33, 33)) < 0.5, 0, 255).astype(np.uint8)
        code = Image.fromarray(cells).resize((side, side), Image.Resampling.NEAREST)
        self._image.paste(code, ((self._width - side) // 2, round(self._y)))
        self._y += side + 14 * self._unit

    def open_panel(self) -> None:
        """Start the panel that the rows stand on."""
        self._panel = self._y
        bottom = self._image.height
        edge = 12 * self._unit
        self._pencil.rounded_rectangle(
            (edge, self._y, self._width - edge, bottom),
            round(8 * self._unit),
            fill=self._screen.panel,
        )
        self._y += 12 * self._unit

    def row(
        self, cells: list[tuple[str, str]], kind: Type, small: Type
    ) -> list[NDArray[np.float64]]:
        """Put one row of one or two pairs; return where the values stand."""
        screen, unit = self._screen, self._unit
        left, right = 24 * unit, self._width - 24 * unit
        step = (right - left) / len(cells)
        bottom, boxes = self._y, []
        pitch = kind.size * 1.45
        if screen.striped and self._count % 2:
            shade = tuple(max(0, c - 9) for c in screen.panel)
            edge = 12 * unit
            self._pencil.rectangle(
                (edge, self._y, self._width - edge, self._y + 2.1 * kind.size),
                fill=shade,
            )
        for i, (label, value) in enumerate(cells):
            x, y = left + i * step, self._y + kind.size * 1.05
            text = f"{label}：" if screen.colon else label
            end = self._set(text, x, y, small, screen.label)
            if screen.place == "below":
                start, at = x, y + pitch
            elif len(cells) == 1:
                start, at = left + 0.3 * self._width, y
            else:
                start, at = end + 8 * unit, y
            start = max(start, end + 6 * unit) if at == y else start
            room = x + step - start - 4 * unit
            pieces = broken(value, kind, room, 3)
            fitted = kind.resized(
                min(1.0, room / max(kind.width(piece) for piece in pieces))
            )
            lines = []
            for piece in pieces:
                begin = start
                if screen.place == "edge" and len(cells) == 1:
                    begin = right - fitted.width(piece)
                stop = self._set(piece, begin, at, fitted, screen.value)
                lines.append((begin, at - kind.size / 2, stop, at + kind.size / 2))
                at += pitch
            boxes.append(_around(lines))
            bottom = max(bottom, at - pitch + kind.size * 1.05)
        self._y = bottom
        if screen.rules:
            self._pencil.line(
                (left, self._y, right, self._y), fill=(225, 226, 230), width=2
            )
        self._y += 3 * unit
        self._count += 1
        return boxes

    def finish(self, chance: Chance) -> NDArray[np.uint8]:
        """Return the screen, as high as a telephone's or as the rows need."""
        tall = self._width * chance.one_of((16 / 9, 2.0, 19.5 / 9, 20 / 9))
        if self._y + 30 * self._unit > tall or chance.happens(0.15):
            tall = self._y + chance.between(20, 60) * self._unit
        tall = min(tall, self._image.height)
        if self._y + 90 * self._unit < tall:
            self._pencil.rectangle(
                (0, self._y + 12 * self._unit, self._width, tall),
                fill=self._screen.page,
            )
        return np.asarray(self._image.crop((0, 0, self._width, round(tall))), np.uint8)

    def _set(self, text: str, x: float, y: float, kind: Type, ink: Colour) -> float:
        height = round(2 * kind.size)
        layer = Layer(self._width, height)
        box = layer.set(text, x, height / 2, kind)
        self._image.paste(ink, (0, round(y - height / 2)), layer.image)
        return box[2]


def _around(
    lines: list[tuple[float, float, float, float]],
) -> NDArray[np.float64]:
    left, top = min(line[0] for line in lines), lines[0][1]
    right, bottom = max(line[2] for line in lines), lines[-1][3]
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
