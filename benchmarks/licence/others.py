"""Pictures without a vehicle licence: other cards, forms, screens, pages, nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.licence import holders, papers, photographs, pieces, places, scans
from benchmarks.licence.licences import any_licence
from benchmarks.licence.photographs import Shot
from benchmarks.licence.screens import draw_rows
from benchmarks.licence.tables import Laid, ground

if TYPE_CHECKING:
    from benchmarks.licence.chance import Chance
    from benchmarks.licence.looks import Family, Look
    from benchmarks.licence.pieces import Piece

# What is on the picture, by weight.
_KINDS = (
    ("page", 0.2),
    ("form", 0.22),
    ("driving licence", 0.16),
    ("identity card", 0.08),
    ("bank card", 0.06),
    ("blank", 0.06),
    ("vehicle", 0.08),
    ("screen", 0.1),
    ("nothing", 0.04),
)


def take(family: Family, look: Look, chance: Chance) -> tuple[Shot, str]:
    """Return a picture without a licence, and what is on it."""
    kind = chance.weighted(_KINDS)
    if kind == "screen":
        return _screen(family, chance), kind
    if kind == "nothing":
        name = chance.one_of(family.grounds)
        image = np.clip(ground(name, 1280, 960, chance), 0, 255).astype(np.uint8)
        return Shot(image, 85, 0, 0.0, name, {}, {}), kind
    laid = [Laid(_piece(kind, family, look, chance), 0, 0, chance.about(0, 1))]
    if chance.happens(0.3):
        return scans.take(laid, family, chance), kind
    setting = photographs.SETTINGS[chance.one_of(("easy", "medium", "hard"))]
    return photographs.take(laid, setting, family, chance), kind


def _piece(kind: str, family: Family, look: Look, chance: Chance) -> Piece:
    if kind == "page":
        layout = chance.one_of(("doc", "receipt", "sign", "table", "vertical"))
        return papers.printed(family, layout, chance)
    if kind == "vehicle":
        plate = any_licence(chance).fields["plate_num"]
        return pieces.vehicle_photo(plate, look.value, chance)
    make = {
        "form": papers.form,
        "driving licence": papers.driving_licence,
        "identity card": papers.identity_card,
        "bank card": papers.bank_card,
        "blank": papers.blank,
    }[kind]
    return make(look, chance)


def _screen(family: Family, chance: Chance) -> Shot:
    """Return a screenshot of something about a vehicle, or of its driver's licence."""
    licence = any_licence(chance)
    city = places.any_city(chance)
    day = (
        f"{chance.whole(2019, 2026)}-{chance.whole(1, 12):02}-{chance.whole(1, 28):02}"
    )
    title, rows = chance.one_of(
        (
            ("中华人民共和国机动车驾驶证",
             [("姓名", holders.person(chance)), ("证号", chance.digits(18)),
              ("准驾车型", "C1"), ("初次领证日期", day), ("有效期限", "长期"),
              ("累积记分", str(chance.whole(0, 11))), ("状态", "正常")]),
            ("违法详情",
             [("违法时间", day), ("违法地点", holders.address(city, chance,
                                                    of_company=False)),
              ("车牌号", licence.fields["plate_num"]), ("罚款金额", "200元"),
              ("记分", "3分"), ("处理状态", "未处理")]),
            ("订单详情",
             [("订单编号", chance.digits(16)), ("下单时间", day),
              ("服务车型", licence.fields["model"]),
              ("车主", holders.person(chance)), ("合计", f"{chance.whole(50, 900)}元"),
              ("门店地址", holders.address(city, chance, of_company=True))]),
            ("个人信息",
             [("姓名", holders.person(chance)), ("手机", "000-5550-0126"),
              ("地址", holders.address(city, chance, of_company=False)),
              ("会员等级", "银卡"), ("积分", chance.digits(4))]),
        )
    )  # fmt: skip
    named = [(label, label, value) for label, value in rows]
    screen = chance.one_of(family.screens)
    shown = draw_rows(named, screen, family.hei, chance, title=title)
    return Shot(shown.image, chance.whole(75, 95), 0, 0.0, "screen", {}, {})
