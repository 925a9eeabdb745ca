"""hOCR 1.2: XHTML with a box for each page, line and word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from shizi import __version__
from shizi.formats.angle import angle_of
from shizi.formats.markup import plain
from shizi.formats.words import box_of, words_of

if TYPE_CHECKING:
    from shizi.core.text import TextLine
    from shizi.formats.scan import Leaf, Scan

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh" lang="zh">
<head>
<title>{title}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="ocr-system" content="shizi {version}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word"/>
<meta name="ocr-number-of-pages" content="{count}"/>
</head>
<body>
"""


def write(scan: Scan) -> str:
    """Return a scan as hOCR."""
    title = escape(plain(scan.title))
    head = _HEAD.format(title=title, version=__version__, count=len(scan.leaves))
    pages = "".join(_page(scan, leaf) for leaf in scan.leaves)
    return f"{head}{pages}</body>\n</html>\n"


def _page(scan: Scan, leaf: Leaf) -> str:
    size = leaf.sheet.page.size
    # Quotes would end the name within the property.
    image = plain(scan.title).replace('"', "'")
    whole = f"bbox 0 0 {size.width} {size.height}"
    title = f'image "{image}"; {whole}; ppageno {leaf.number - 1}'
    lines = "".join(
        _line(line, f"{leaf.number}_{number}")
        for number, line in enumerate(leaf.sheet.page.lines, 1)
    )
    return (
        f'<div class="ocr_page" id="page_{leaf.number}" title={quoteattr(title)}>\n'
        f"{lines}</div>\n"
    )


def _line(line: TextLine, number: str) -> str:
    box = box_of(line.quad)
    corners = " ".join(
        str(max(0, round(value))) for point in line.quad for value in point
    )
    angle = angle_of(line.quad)
    title = f"bbox {box.left} {box.top} {box.right} {box.bottom}; poly {corners}"
    if angle:
        # Counted against the clock, as mathematics does.
        title += f"; textangle {-angle:g}"
    confidence = round(100 * line.score)
    words: list[str] = []
    for count, word in enumerate(words_of(line), 1):
        left, top, right, bottom = box_of(word.quad)
        words.append(
            f'<span class="ocrx_word" id="word_{number}_{count}" '
            f'title="bbox {left} {top} {right} {bottom}; x_wconf {confidence}">'
            f"{escape(plain(word.text))}</span>"
        )
    return (
        f'<span class="ocr_line" id="line_{number}" title="{title}">'
        f"{' '.join(words)}</span>\n"
    )
