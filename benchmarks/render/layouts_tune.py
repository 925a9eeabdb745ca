"""Layouts of the family "tune": letters, slips, settings, boards, grids, leaflets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.render.sheet import Pen, Sheet

GREY = (120, 120, 120)
RULE = (90, 90, 90)


def letter(pen: Pen) -> Sheet:
    """Draw a letter: title, paragraphs, signature at the right."""
    words, size = pen.words, pen.whole(20, 26)
    sheet = pen.sheet(900, 1250)
    margin, y = pen.whole(60, 90), float(pen.whole(60, 90))
    sheet.write(words.of("titles"), 450, y, int(size * 1.6), anchor="m")
    y += size * 3.2
    for i in range(pen.whole(3, 5)):
        indent = size * 2 if words.chinese else 0
        text = words.paragraph(pen.whole(2, 4))
        if i == 1:
            text = f"{words.remark()} {words.rare(8)}"
        for row, piece in enumerate(sheet.wrap(text, size, 900 - 2 * margin - indent)):
            sheet.write(piece, margin + (indent if row == 0 else 0), y, size)
            y += size * 1.55
        y += size * 0.5
    sheet.write(words.of("shops"), 900 - margin, y + size, size, anchor="r")
    sheet.write(words.date(), 900 - margin, y + size * 2.7, size, anchor="r")
    sheet.cut(min(1250.0, y + size * 7))
    return sheet


def receipt(pen: Pen) -> Sheet:
    """Draw a till receipt: a name, priced items, totals."""
    words, size = pen.words, pen.whole(19, 23)
    width = 440
    sheet = pen.sheet(width, 1200)
    ink, step = pen.one_of((40, 40, 45), (70, 70, 80)), size * 1.6
    sheet.write(words.of("shops"), width / 2, 40, int(size * 1.4), ink, anchor="m")
    sheet.write(words.address(), width / 2, 40 + step * 1.5, size, ink, anchor="m")
    y = 40 + step * 2.8
    labels = words.several("labels", 5)
    for label, value in zip(labels[3:], (words.date(), words.code(9)), strict=True):
        sheet.write(f"{label}: {value}", 30, y, size, ink)
        y += step
    sheet.pencil.line((30, y + 4, width - 30, y + 4), fill=ink, width=2)
    y += step * 0.6
    for goods in words.several("goods", pen.whole(4, 8)):
        sheet.write(goods, 30, y, size, ink)
        sheet.write(f"x{pen.whole(1, 9)}", 270, y, size, ink)
        sheet.write(words.price(), width - 30, y, size, ink, anchor="r")
        y += step
    sheet.pencil.line((30, y + 4, width - 30, y + 4), fill=ink, width=2)
    y += step * 0.6
    for label in labels[:3]:
        sheet.write(label, 30, y, size, ink)
        sheet.write(words.money(), width - 30, y, size, ink, anchor="r")
        y += step
    sheet.cut(y + 40)
    return sheet


def preferences(pen: Pen) -> Sheet:
    """Draw a telephone's list of settings, light or dark."""
    words, size = pen.words, pen.whole(26, 30)
    dark = pen.one_of(False, True)
    ground, card = (
        ((18, 18, 20), (38, 38, 42)) if dark else ((242, 242, 246), (255,) * 3)
    )
    ink = (235, 235, 235) if dark else (20, 20, 20)
    sheet = pen.sheet(620, 1100, ground)
    sheet.write(words.time(), 40, 18, 20, ink)
    sheet.write(f"{pen.whole(5, 99)}%", 580, 18, 20, ink, anchor="r")
    sheet.write(words.of("ui"), 310, 66, int(size * 1.15), ink, anchor="m")
    y, accent = 150, pen.one_of((40, 120, 240), (230, 90, 60), (60, 170, 90))
    for row in words.several("ui", 9):
        sheet.pencil.rectangle((20, y, 600, y + 88), fill=card)
        sheet.pencil.rounded_rectangle((40, y + 24, 80, y + 64), 9, fill=accent)
        sheet.write(row, 104, y + 27, size, ink)
        if pen.rng.random() < 0.5:
            value = pen.one_of(
                words.of("labels"), f"{pen.whole(1, 60)} GB", words.time()
            )
            sheet.write(value, 576, y + 30, size - 5, GREY, anchor="r")
        y += 92 + (28 if pen.rng.random() < 0.25 else 0)
    return sheet


def board(pen: Pen) -> Sheet:
    """Draw a sign: a few large words on a coloured board."""
    words = pen.words
    ground, ink = pen.one_of(
        ((24, 96, 60), (250, 250, 240)),
        ((250, 205, 40), (30, 25, 20)),
        ((190, 30, 40), (255, 245, 230)),
        ((245, 245, 240), (180, 30, 30)),
    )
    sheet = pen.sheet(900, 620, ground)
    sheet.pencil.rounded_rectangle((18, 18, 882, 602), 26, outline=ink, width=6)
    y = 90
    for phrase in words.several("signs", 2):
        size = min(118, int(118 * 760 / max(1.0, sheet.measure(phrase, 118))))
        sheet.write(phrase, 450, y, size, ink, anchor="m")
        y += size + 60
    sheet.write(f"{words.of('labels')} {words.phone()}", 450, 500, 44, ink, anchor="m")
    return sheet


def grid(pen: Pen) -> Sheet:
    """Draw a ruled table with a caption."""
    words, size = pen.words, pen.whole(20, 24)
    columns, rows = pen.whole(3, 5), pen.whole(6, 10)
    width, height = 960, int((rows + 1) * size * 2.1 + 190)
    sheet = pen.sheet(width, height)
    sheet.write(words.of("titles"), width / 2, 50, size + 8, anchor="m")
    step, pitch = (width - 100) / columns, size * 2.1
    top = 120.0
    for row in range(rows + 2):
        y = top + row * pitch
        sheet.pencil.line((50, y, width - 50, y), fill=RULE, width=2)
    for column in range(columns + 1):
        x = 50 + column * step
        sheet.pencil.line((x, top, x, top + (rows + 1) * pitch), fill=RULE, width=2)
    for column, label in enumerate(words.several("labels", columns)):
        middle = 50 + (column + 0.5) * step
        sheet.write(label, middle, top + size * 0.5, size, anchor="m")
    for row in range(rows):
        goods = words.of("goods")
        cells = [
            goods,
            str(pen.whole(1, 99)),
            words.price(),
            words.date(),
            words.rare(4),
        ]
        for column, cell in enumerate(cells[:columns]):
            middle = 50 + (column + 0.5) * step
            small = min(
                size, int(size * (step - 16) / max(1.0, sheet.measure(cell, size)))
            )
            y = top + (row + 1) * pitch + size * 0.5
            sheet.write(cell, middle, y, small, anchor="m")
    return sheet


def columns(pen: Pen) -> Sheet:
    """Draw verse in vertical columns, read from right to left."""
    words, size = pen.words, pen.whole(34, 42)
    verses = words.several("verse", pen.whole(5, 8))
    pitch = size * 1.9
    width, height = int(pitch * (len(verses) + 1.6) + 80), size * 14 + 120
    sheet = pen.sheet(width, height)
    x = width - 70 - size / 2
    sheet.write_column(words.of("shops"), x, 70, size + 8)
    for verse in verses:
        x -= pitch
        sheet.write_column(verse, x, 110, size)
    return sheet


def leaflet(pen: Pen) -> Sheet:
    """Draw a large sheet of small print in four columns, as in a medicine box."""
    words, size = pen.words, pen.whole(16, 17)
    sheet = pen.sheet(4000, 3000)
    sheet.write(words.of("titles"), 2000, 130, 96, anchor="m")
    sheet.pencil.line((200, 300, 3800, 300), fill=RULE, width=6)
    for column in range(4):
        x, y = 260 + column * 900, float(pen.whole(380, 700))
        for _ in range(pen.whole(3, 5)):
            sheet.write(words.of("labels"), x, y, size + 8)
            y += size * 2.6
            for piece in sheet.wrap(words.paragraph(pen.whole(6, 9)), size, 560):
                sheet.write(piece, x, y, size)
                y += size * 1.7
            y += pen.whole(60, 220)
    return sheet
