"""Draw the sample picture that the package ships: a page on a desk, by telephone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.render import camera, fonts
from benchmarks.render.families import FAMILIES
from benchmarks.render.grounds import cloud, lay
from benchmarks.render.scene import encode
from benchmarks.render.sheet import Sheet

SAMPLES = Path(__file__).parents[2] / "src" / "shizi" / "samples"

_TITLE = "春季植树活动通知"
_PARAGRAPHS = (
    "为了美化社区环境，街道决定于2026年3月12日上午9:00在河畔公园举办春季植树活动，欢迎各位居民带着家人一起参加。",
    "活动地点：河畔公园北门广场，可乘17路、208路公共汽车到达。树苗、铁锹和水桶由街道统一准备，请自备手套、雨衣和饮用水。",
    "当天预计气温8～15℃，午后可能有小雨。如遇大风，活动顺延至3月14日，届时另行通知。",
    "报名费用每人¥20.00，含午餐与保险；七岁以下儿童免费。名额共120个，报满为止。",
)
_ITEMS = (
    "一、报名时间：3月1日至3月8日",
    "二、报名电话：000-5550-0126",
    "三、联系人：物业服务台",
)
_SIGNED = ("青山路社区居民委员会", "2026年2月25日")

_INK = (38, 38, 42)
_PAPER = (250, 248, 243)


def main() -> int:
    """Write `page.jpg` and `page.txt`; return the exit status."""
    rng = np.random.default_rng(20260225)
    sheet = _page(rng)
    pose = camera.Pose(
        pitch=9.0, yaw=-5.0, roll=1.8, bend=0.10, curl="bow", margin=0.045, longest=1600
    )
    seen = camera.project(sheet.width, sheet.height, pose)
    desk = lay("wood", seen.width, seen.height, rng)
    frame = camera.develop(np.asarray(sheet.image, np.uint8), seen, desk)
    frame = camera.light(frame, 0.22, rng)
    # A lamp's warmth.
    frame = np.asarray(frame * np.array([1.0, 0.975, 0.93], np.float32), np.float32)
    photograph = camera.grain(frame, 0.6, 2.5, rng)
    SAMPLES.mkdir(exist_ok=True)
    (SAMPLES / "page.jpg").write_bytes(encode(photograph, 80))
    text = "".join(f"{line.text}\n" for line in sheet.lines)
    (SAMPLES / "page.txt").write_text(text, "utf-8")
    return 0


def _page(rng: np.random.Generator) -> Sheet:
    width, height, size, margin = 1120, 1500, 32, 110
    # The page is set in the last face of "report", a serif.
    face = fonts.installed(FAMILIES["report"].faces["zh"])[-1]
    sheet = Sheet.blank(width, height, _PAPER, (face,))
    fibre = cloud(width, height, 2, rng) * 2.5 + cloud(width, height, 60, rng) * 2.5
    paper = np.asarray(sheet.image, np.float32) + fibre[..., None]
    sheet.image = Image.fromarray(paper.clip(0, 255).astype(np.uint8))
    sheet.write(_TITLE, width / 2, 120, 56, _INK, anchor="m")
    sheet.pencil.line((margin, 232, width - margin, 232), fill=(150, 40, 40), width=3)
    y = 280.0
    for paragraph in _PARAGRAPHS:
        indented = sheet.wrap("　　" + paragraph, size, width - 2 * margin)
        for row, piece in enumerate(indented):
            sheet.write(piece, margin + (2 * size if row == 0 else 0), y, size, _INK)
            y += size * 1.72
        y += 12
    y += 14
    for item in _ITEMS:
        sheet.write(item, margin + size, y, size, _INK)
        y += size * 1.72
    y += 30
    for signed in _SIGNED:
        sheet.write(signed, width - margin, y, size, _INK, anchor="r")
        y += size * 1.72
    sheet.cut(min(height, y + 90))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
