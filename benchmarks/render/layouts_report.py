"""Layouts of the family "report": papers, invoices, chats, notices, lists, plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.render.sheet import Pen, Sheet

RED = (170, 30, 30)
FAINT = (130, 130, 135)


def newspaper(pen: Pen) -> Sheet:
    """Draw a page in two text columns under one headline, with a picture."""
    words, size = pen.words, pen.whole(19, 23)
    width, height, gap = 1040, 1180, 46
    sheet = pen.sheet(width, height)
    sheet.write(words.date(), 60, 36, size - 2, FAINT)
    sheet.write(str(pen.whole(2, 99)), width - 60, 36, size - 2, FAINT, anchor="r")
    title = words.of("titles")
    large = min(50, int(50 * (width - 120) / max(1.0, sheet.measure(title, 50))))
    sheet.write(title, 60, 84, large)
    sheet.pencil.line((60, 160, width - 60, 160), fill=(60, 60, 60), width=3)
    column = (width - 120 - gap) / 2
    for side in (0, 1):
        x, y = 60 + side * (column + gap), 190.0
        if side == 1:
            tint = (150 + pen.whole(0, 50), 160, 150)
            sheet.pencil.rectangle((x, y, x + column, y + 230), fill=tint)
            sheet.pencil.ellipse(
                (x + 80, y + 50, x + 240, y + 190), fill=(205, 190, 160)
            )
            y += 260
        for _ in range(4):
            text = f"{words.paragraph(3)}{words.remark()}"
            for piece in sheet.wrap(text, size, column):
                if y < height - 80:
                    sheet.write(piece, x, y, size)
                y += size * 1.5
            y += size * 0.6
    return sheet


def invoice(pen: Pen) -> Sheet:
    """Draw a slip of labels and values, with a red heading and a frame."""
    words, size = pen.words, pen.whole(20, 24)
    sheet = pen.sheet(720, 1000)
    sheet.write(words.of("shops"), 360, 46, size + 14, RED, anchor="m")
    sheet.write(f"No. {words.digits(8)}", 670, 112, size - 2, RED, anchor="r")
    labels = words.several("labels", 8)
    values = [words.of("goods"), words.code(10), words.date(), words.time()]
    values += [words.address(), words.phone(), words.digits(12), words.remark()]
    y = 170.0
    for label, value in zip(labels, values, strict=True):
        sheet.write(label, 60, y, size, RED)
        sheet.write(value, 240, y, size, (35, 45, 110))
        sheet.pencil.line((50, y + size * 1.6, 670, y + size * 1.6), fill=RED, width=1)
        y += size * 2.1
    sheet.write(words.of("labels"), 60, y + 14, size + 6, RED)
    sheet.write(words.money(99999), 660, y + 14, size + 8, (35, 45, 110), anchor="r")
    y += size * 4
    sheet.pencil.rectangle((40, 150, 680, y), outline=RED, width=3)
    sheet.cut(y + 60)
    return sheet


def chat(pen: Pen) -> Sheet:
    """Draw a conversation in bubbles."""
    words, size = pen.words, pen.whole(25, 29)
    sheet = pen.sheet(660, 1160, pen.one_of((236, 236, 240), (205, 222, 235)))
    sheet.write(words.of("ui"), 330, 40, size + 4, anchor="m")
    y = 120.0
    for i, phrase in enumerate(words.several("chat", 7)):
        if i % 3 == 0:
            sheet.write(words.time(), 330, y, 20, FAINT, anchor="m")
            y += 46
        rows = sheet.wrap(phrase, size, 390)
        wide = max(sheet.measure(row, size) for row in rows) + 48
        tall = len(rows) * size * 1.4 + 30
        mine = pen.one_of(False, True)
        left = 560 - wide if mine else 100.0
        fill = (150, 236, 108) if mine else (255, 255, 255)
        sheet.pencil.rounded_rectangle((left, y, left + wide, y + tall), 14, fill=fill)
        face = 580 if mine else 24
        sheet.pencil.ellipse((face, y, face + 56, y + 56), fill=(170, 140, 120))
        for row, piece in enumerate(rows):
            sheet.write(piece, left + 24, y + 12 + row * size * 1.4, size)
        y += tall + 28
    return sheet


def notice(pen: Pen) -> Sheet:
    """Draw a shop front or notice: one large line, small lines under it."""
    words = pen.words
    ground, ink = pen.one_of(
        ((20, 50, 120), (245, 245, 255)),
        ((70, 40, 25), (240, 210, 140)),
        ((235, 120, 30), (255, 255, 255)),
        ((30, 30, 30), (90, 220, 160)),
    )
    sheet = pen.sheet(1000, 560, ground)
    head = words.of("shops")
    size = min(150, int(150 * 860 / max(1.0, sheet.measure(head, 150))))
    sheet.write(head, 500, 70, size, ink, anchor="m")
    sheet.pencil.rectangle((60, 290, 940, 298), fill=ink)
    for i, phrase in enumerate(words.several("signs", 4)):
        x, y = 90 + (i % 2) * 440, 340 + (i // 2) * 90
        small = min(46, int(46 * 400 / max(1.0, sheet.measure(phrase, 46))))
        sheet.write(phrase, x, y, small, ink)
    sheet.write(words.phone(), 930, 500, 34, ink, anchor="r")
    return sheet


def prices(pen: Pen) -> Sheet:
    """Draw a list without rules: goods at the left, figures in shaded rows."""
    words, size = pen.words, pen.whole(22, 26)
    rows, width = pen.whole(8, 12), 860
    pitch = size * 1.9
    sheet = pen.sheet(width, int(rows * pitch + 210))
    sheet.write(words.of("shops"), 60, 44, size + 12)
    for label, x in zip(words.several("labels", 3), (60, 430, 620), strict=True):
        sheet.write(label, x, 112, size, FAINT)
    y, shade = 160.0, tuple(max(0, c - 18) for c in pen.paper)
    for row, goods in enumerate(words.several("goods", rows)):
        if row % 2 == 0:
            sheet.pencil.rectangle((40, y - 6, width - 40, y + pitch - 8), fill=shade)
        name = (
            f"{goods}{words.rare(2)}" if words.lang == "zh" and row % 3 == 2 else goods
        )
        sheet.write(name, 60, y, size)
        sheet.write(f"{pen.whole(1, 40)}", 450, y, size)
        sheet.write(words.money(900), width - 60, y, size, anchor="r")
        y += pitch
    return sheet


def couplets(pen: Pen) -> Sheet:
    """Draw framed vertical columns with a heading and a small date column."""
    words, size = pen.words, pen.whole(38, 46)
    verses = words.several("verse", pen.whole(3, 6))
    pitch = size * 1.7
    width, height = int(pitch * (len(verses) + 2) + 120), size * 13 + 160
    sheet = pen.sheet(width, height)
    sheet.pencil.rectangle((26, 26, width - 26, height - 26), outline=RED, width=5)
    x = width - 80 - size / 2
    sheet.write_column(words.of("titles")[:9], x, 80, size + 6, RED)
    for verse in verses:
        x -= pitch
        sheet.write_column(verse, x, 130, size)
    sheet.write_column(words.of("places"), x - pitch, height * 0.55, size - 12, FAINT)
    return sheet


def register(pen: Pen) -> Sheet:
    """Draw a large sheet of small rows: a plan's parts list and its notes."""
    words, size = pen.words, pen.whole(16, 17)
    sheet = pen.sheet(4000, 3000)
    frame = (90, 90, 3910, 2910)
    sheet.pencil.rectangle(frame, outline=(50, 60, 110), width=8)
    for i in range(pen.whole(3, 6)):
        left, top = 260 + i * 260, 300 + (i % 3) * 190
        box = (left, top, left + 420, top + 320)
        sheet.pencil.rectangle(box, outline=(110, 120, 160), width=5)
    y = 340.0
    for goods in words.several("goods", pen.whole(34, 42)):
        cells = (goods, words.code(8), words.date(), words.of("places"))
        for cell, x in zip(cells, (2250, 2690, 3010, 3380), strict=True):
            sheet.write(cell, x, y, size)
        y += size * 2.6
    y = 1500.0
    for _ in range(pen.whole(3, 4)):
        text = f"{words.remark()} {words.paragraph(4)}"
        for piece in sheet.wrap(text, size, 1150):
            sheet.write(piece, 380, y, size, (35, 45, 110))
            y += size * 1.8
        y += size * 2
    sheet.write(words.of("titles"), 380, 2640, 80, (50, 60, 110))
    return sheet
