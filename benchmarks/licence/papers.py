"""Papers and cards that are no vehicle licence, many of them close to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.licence import guilloche, holders, places
from benchmarks.licence.lettering import Layer, broken
from benchmarks.licence.licences import any_licence
from benchmarks.licence.pieces import Piece, paper, rounded
from benchmarks.render.families import FAMILIES as PRINTED
from benchmarks.render.fonts import installed
from benchmarks.render.sheet import Pen
from benchmarks.render.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.licence.chance import Chance
    from benchmarks.licence.looks import Family, Look
    from benchmarks.render.sheet import Colour

_PER_MM = 12
_CARD = (85.6, 54.0)
Rows = list[tuple[str, str]]


def printed(family: Family, layout: str, chance: Chance) -> Piece:
    """Return a sheet of printed text in one of the printed pages' layouts."""
    style = PRINTED[family.name]
    faces = installed(style.faces["zh"])
    faces = (chance.one_of(faces), faces[-1])
    words = Wording("zh", family.half, chance.rng)
    pen = Pen(chance.rng, words, faces, chance.one_of(style.papers))
    sheet = style.layouts[layout](pen)
    wide = {"receipt": 80.0, "sign": 300.0}.get(layout, 210.0)
    return paper(sheet.image, wide)


def driving_licence(look: Look, chance: Chance) -> Piece:
    """Return a driving licence's page: the same size and paper, other labels."""
    city = places.any_city(chance)
    size = 88.0, 60.0
    born = (
        f"{chance.whole(1955, 2006)}-{chance.whole(1, 12):02}-{chance.whole(1, 28):02}"
    )
    issued = (
        f"{chance.whole(1990, 2026)}-{chance.whole(1, 12):02}-{chance.whole(1, 28):02}"
    )
    number = f"{city.code}{chance.digits(2)}{born.replace('-', '')}{chance.digits(4)}"
    canvas = _Canvas(size, look, chance)
    if chance.happens(0.3):
        canvas.title("中华人民共和国机动车驾驶证副页", 7)
        canvas.rows(
            [("证号", number), ("姓名", holders.person(chance)),
             ("档案编号", city.code + chance.digits(8)),
             ("记录", f"自{issued}起，有效期至长期")],
            (5, 24), (20, 36, 52, 68),
        )  # fmt: skip
        return canvas.piece()
    canvas.title("中华人民共和国机动车驾驶证", 8)
    canvas.foreign("Driving License of the People's Republic of China", 15)
    canvas.rows([("证号", number)], (5, 24), (23,))
    canvas.rows(
        [("姓名", holders.person(chance)), ("住址", holders.address(city, chance,
                                                              of_company=False)),
         ("出生日期", born), ("初次领证日期", issued),
         ("准驾车型", chance.one_of(("C1", "C2", "B2", "A2D", "A1A2E", "C1E")))],
        (5, 20), (34, 45, 57, 67, 77),
    )  # fmt: skip
    canvas.rows([("有效期限", f"{issued}至长期")], (28, 44), (89,))
    canvas.portrait(70, 30, 24, 48)
    canvas.stamp(city.authority(chance), look.seal_ink)
    return canvas.piece()


def identity_card(look: Look, chance: Chance) -> Piece:
    """Return something like an identity card, of nobody."""
    city = places.any_city(chance)
    canvas = _Canvas(_CARD, look, chance)
    year, month, day = (
        chance.whole(1955, 2008),
        chance.whole(1, 12),
        chance.whole(1, 28),
    )
    number = f"{city.code}{chance.digits(2)}{year}{month:02}{day:02}{chance.digits(4)}"
    rows = [
        ("姓名", holders.person(chance)),
        ("性别", f"{chance.one_of('男女')}　民族　汉"),
        ("出生", f"{year}年{month}月{day}日"),
        ("住址", holders.address(city, chance, of_company=False)),
    ]
    canvas.rows(rows, (5, 17), (15, 29, 43, 58), room=45)
    canvas.rows([("公民身份号码", number)], (5, 32), (88,))
    canvas.portrait(66, 12, 28, 62)
    return canvas.piece()


def bank_card(look: Look, chance: Chance) -> Piece:
    """Return a bank card of a bank that does not exist."""
    canvas = _Canvas(_CARD, look, chance, plain=True)
    canvas.line(f"{chance.word('shops')}银行", 8, 14, 1.5)
    groups = " ".join(chance.digits(4) for _ in range(4))
    canvas.line(groups, 8, 58, 1.7)
    canvas.line(
        f"VALID THRU {chance.whole(1, 12):02}/{chance.whole(26, 39)}", 40, 74, 0.8
    )
    canvas.line("DEBIT", 78, 88, 1.2)
    return canvas.piece()


def blank(look: Look, chance: Chance) -> Piece:
    """Return a card, or a leaf of paper, without anything on it."""
    return _Canvas(_CARD, look, chance, plain=chance.happens(0.5)).piece()


def form(look: Look, chance: Chance) -> Piece:
    """Return a form about a vehicle that is no licence, as a table on a sheet."""
    licence = any_licence(chance)
    said = licence.fields
    city = places.any_city(chance)
    kind = chance.one_of(("certificate", "insurance", "tax", "sale", "inspection"))
    price = f"{chance.whole(3, 80) * 1000 + chance.whole(0, 999)}.00"
    title, rows = {
        "certificate": (
            "机动车登记证书",
            [("机动车所有人/身份证明名称/号码", said["owner"]),
             ("登记机关", licence.authority), ("登记日期", said["register_date"]),
             ("机动车登记编号", said["plate_num"]), ("车辆类型", said["vehicle_type"]),
             ("车辆品牌", said["model"].split("牌")[0]), ("车辆型号", said["model"]),
             ("车身颜色", "白"), ("车辆识别代号/车架号", said["vin"]),
             ("国产/进口", "国产"), ("发动机号", said["engine_num"]),
             ("燃料种类", licence.energy or "汽油"), ("排量/功率", "1498 ml/110 kW"),
             ("轮胎数", "4"), ("总质量", said["total_quality"]),
             ("核定载质量", licence.approved_load),
             ("使用性质", said["use_character"])],
        ),
        "insurance": (
            "机动车交通事故责任强制保险单",
            [("被保险人", said["owner"]), ("地址", said["addr"]),
             ("号牌号码", said["plate_num"]), ("机动车种类", "客车"),
             ("使用性质", said["use_character"]), ("发动机号码", said["engine_num"]),
             ("识别代码（车架号）", said["vin"]), ("厂牌型号", said["model"]),
             ("核定载客", said["passengers_num"]), ("登记日期", said["register_date"]),
             ("保险费合计", f"¥{price}"),
             ("保险期间", f"自{said['issue_date']}零时起")],
        ),
        "tax": (
            "车辆购置税完税证明",
            [("纳税人名称", said["owner"]), ("厂牌型号", said["model"]),
             ("发动机号码", said["engine_num"]), ("车辆识别代号", said["vin"]),
             ("计税价格", price), ("征收机关", f"{city.title}税务局")],
        ),
        "sale": (
            "机动车销售统一发票",
            [("购买方名称", said["owner"]), ("车辆类型", said["vehicle_type"]),
             ("厂牌型号", said["model"]), ("产地", city.title),
             ("合格证号", chance.digits(15)), ("发动机号码", said["engine_num"]),
             ("车辆识别代号/车架号码", said["vin"]), ("价税合计", f"¥{price}"),
             ("限乘人数", said["passengers_num"]), ("开票日期", said["issue_date"])],
        ),
        "inspection": (
            "机动车安全技术检验报告",
            [("号牌号码", said["plate_num"]), ("车辆类型", said["vehicle_type"]),
             ("所有人", said["owner"]), ("检验类别", "在用机动车检验"),
             ("整备质量", said["prepare_quality"]), ("检验日期", said["issue_date"]),
             ("检验结论", "合格"), ("检验机构", f"{chance.word('shops')}检测站")],
        ),
    }[kind]  # fmt: skip
    return _table(title, rows, look, chance)


def _table(title: str, rows: Rows, look: Look, chance: Chance) -> Piece:
    """Return a sheet with a titled table of one or two pairs a row."""
    per_mm, width = 7, 190 if chance.happens(0.5) else 150
    across = width * per_mm
    pairs = chance.one_of((1, 2))
    pitch = chance.between(8, 11) * per_mm
    down = round((30 + 12) * per_mm + pitch * -(-len(rows) // pairs))
    layer = Layer(across, down)
    text = look.value.resized(3.6 * per_mm / look.value.size)
    head = look.title.resized(6.5 * per_mm / look.title.size)
    layer.set(title, (across - head.width(title)) / 2, 16 * per_mm, head)
    margin, top = 8 * per_mm, 28 * per_mm
    column = (across - 2 * margin) / pairs
    share = chance.between(0.32, 0.42) if pairs == 2 else chance.between(0.22, 0.3)
    for i, (label, value) in enumerate(rows):
        x, y = margin + (i % pairs) * column, top + (i // pairs) * pitch
        layer.pencil.rectangle((x, y, x + column, y + pitch), outline=200, width=2)
        layer.pencil.line((x + share * column, y) * 2, fill=200)
        layer.pencil.line(
            (x + share * column, y, x + share * column, y + pitch), fill=200, width=2
        )
        room = share * column - 12
        layer.set(label, x + 6, y + pitch / 2, look.label.resized(
            3.2 * per_mm / look.label.size), most=room)  # fmt: skip
        room = (1 - share) * column - 12
        layer.set(value, x + share * column + 6, y + pitch / 2, text, most=room)
    tone = chance.whole(235, 254)
    image = Image.new("RGB", (across, down), (tone, tone, tone - chance.whole(0, 12)))
    image.paste((25, 25, 28), (0, 0), layer.image)
    return paper(image, float(width))


class _Canvas:
    """A small card that labels and values are put on, in percent of its size."""

    def __init__(
        self,
        size: tuple[float, float],
        look: Look,
        chance: Chance,
        *,
        plain: bool = False,
    ) -> None:
        self._size = round(size[0] * _PER_MM), round(size[1] * _PER_MM)
        self._look, self._chance = look, chance
        self._label = look.label.resized(_PER_MM * 2.7 / look.label.size)
        self._value = look.value.resized(_PER_MM * 3.0 / look.value.size)
        self._layer = Layer(*self._size)
        self._ink: Colour = (24, 24, 26)
        if plain:
            tone = chance.rng.uniform(20, 235, 3)
            self._base = np.full((*self._size[::-1], 3), tone, np.float32)
            self._ink = (245, 245, 240) if tone.mean() < 130 else (30, 30, 30)
        else:
            self._base = guilloche.paper(*self._size, look.tints, look.patterns, chance)

    def line(self, text: str, x: float, y: float, scale: float) -> None:
        """Put a line of text."""
        width, height = self._size
        kind = self._value.resized(scale)
        self._layer.set(
            text, x * width / 100, y * height / 100, kind, most=0.95 * width
        )

    def title(self, text: str, y: float) -> None:
        """Put a title in the middle."""
        width, height = self._size
        kind = self._look.title.resized(_PER_MM * 3.9 / self._look.title.size)
        self._layer.set(text, (width - kind.width(text)) / 2, y * height / 100, kind)

    def foreign(self, text: str, y: float) -> None:
        """Put an English line in the middle."""
        width, height = self._size
        kind = self._look.english.resized(_PER_MM * 2.2 / self._look.english.size)
        self._layer.set(text, (width - kind.width(text)) / 2, y * height / 100, kind)

    def rows(
        self,
        rows: Rows,
        columns: tuple[float, float],
        heights: Sequence[float],
        room: float = 72,
    ) -> None:
        """Put labels in one column and values in another, one or two lines each."""
        width, height = self._size
        for (label, value), y in zip(rows, heights, strict=True):
            middle = y * height / 100
            box = self._layer.set(label, columns[0] * width / 100, middle, self._label)
            x = max(columns[1] * width / 100, box[2] + 8)
            most = min(room / 100 * width, 0.97 * width - x)
            for i, piece in enumerate(broken(value, self._value, most, 3)):
                at = middle + i * 1.1 * self._value.size
                self._layer.set(piece, x, at, self._value, most=most)

    def portrait(self, x: float, y: float, width: float, height: float) -> None:
        """Put a grey figure where a photograph would be."""
        across, down = self._size
        image = Image.fromarray(np.clip(self._base, 0, 255).astype(np.uint8))
        pencil = ImageDraw.Draw(image)
        left, top = x * across / 100, y * down / 100
        right, bottom = left + width * across / 100, top + height * down / 100
        pencil.rectangle((left, top, right, bottom), fill=(236, 240, 246))
        middle, span = (left + right) / 2, right - left
        tone = self._chance.whole(60, 130)
        pencil.ellipse(
            (middle - span * 0.24, top + span * 0.2,
             middle + span * 0.24, top + span * 0.78),
            fill=(tone + 80, tone + 50, tone + 35),
        )  # fmt: skip
        pencil.pieslice(
            (left + span * 0.08, top + span * 0.82, right - span * 0.08,
             2 * bottom - top - span * 0.82),
            180, 360, fill=(tone, tone, tone + 10),
        )  # fmt: skip
        self._base = np.asarray(image, np.float32)

    def stamp(self, text: str, colour: Colour) -> None:
        """Put a square stamp of three rows at the lower left."""
        across, down = self._size
        side = round(0.3 * down)
        left, top = 0.05 * across, 0.64 * down
        layer = Layer(*self._size)
        layer.pencil.rectangle(
            (left, top, left + side, top + side), outline=255, width=4
        )
        step = -(-len(text) // 3)
        kind = self._look.seal.resized(side / step * 0.95 / self._look.seal.size)
        for i in range(3):
            row = text[i * step : (i + 1) * step]
            layer.set(row, left + 4, top + side * (i + 0.5) / 3, kind)
        cover = layer.mask[..., None] / np.float32(255) * np.float32(0.8)
        self._base = np.asarray(
            self._base * (1 - cover * (1 - np.array(colour, np.float32) / 255)),
            np.float32,
        )

    def piece(self) -> Piece:
        """Return the card as it is cut."""
        width, height = self._size
        cover = self._layer.mask[..., None] / np.float32(255)
        ink = np.array(self._ink, np.float32)
        image = self._base * (1 - cover) + ink * cover
        whole = np.dstack([image, 255 * rounded(width, height, 3.5 * _PER_MM)])
        return Piece(np.clip(whole, 0, 255).astype(np.uint8), _PER_MM, seen=True)
