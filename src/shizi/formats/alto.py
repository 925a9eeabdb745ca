"""ALTO 4.4: the libraries' XML of pages, lines and words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shizi import __version__
from shizi.formats.angle import angle_of
from shizi.formats.markup import plain
from shizi.formats.words import box_of, words_of

if TYPE_CHECKING:
    from shizi.core.geometry import Quad
    from shizi.core.text import TextLine
    from shizi.formats.scan import Leaf, Scan

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = f"{_NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def write(scan: Scan) -> str:
    """Return a scan as ALTO."""
    root = Element(
        "alto",
        {
            "xmlns": _NAMESPACE,
            "xmlns:xsi": _INSTANCE,
            "xsi:schemaLocation": _SCHEMA,
            "SCHEMAVERSION": "4.4",
        },
    )
    description = SubElement(root, "Description")
    SubElement(description, "MeasurementUnit").text = "pixel"
    source = SubElement(description, "sourceImageInformation")
    SubElement(source, "fileName").text = plain(scan.title)
    software = SubElement(
        SubElement(description, "Processing", {"ID": "processing"}),
        "processingSoftware",
    )
    SubElement(software, "softwareName").text = "shizi"
    SubElement(software, "softwareVersion").text = __version__
    layout = SubElement(root, "Layout")
    for leaf in scan.leaves:
        _add_page(layout, leaf)
    indent(root, "")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'


def _add_page(layout: Element, leaf: Leaf) -> None:
    size = leaf.sheet.page.size
    whole = {"HEIGHT": str(size.height), "WIDTH": str(size.width)}
    page = SubElement(
        layout,
        "Page",
        {"ID": f"page_{leaf.number}", "PHYSICAL_IMG_NR": str(leaf.number), **whole},
    )
    space = SubElement(page, "PrintSpace", {"HPOS": "0", "VPOS": "0", **whole})
    for number, line in enumerate(leaf.sheet.page.lines, 1):
        _add_line(space, line, f"{leaf.number}_{number}")


def _add_line(space: Element, line: TextLine, number: str) -> None:
    """Add a line, in a block of its own: what makes a paragraph is not told."""
    place = _place(line.quad)
    angle = angle_of(line.quad)
    turned = {"ROTATION": f"{-angle:g}"} if angle else {}
    block = SubElement(space, "TextBlock", {"ID": f"block_{number}", **place, **turned})
    row = SubElement(block, "TextLine", {"ID": f"line_{number}", **place})
    points = " ".join(f"{max(0, round(x))},{max(0, round(y))}" for x, y in line.quad)
    SubElement(SubElement(row, "Shape"), "Polygon", {"POINTS": points})
    for count, word in enumerate(words_of(line), 1):
        if count > 1:
            SubElement(row, "SP")
        SubElement(
            row,
            "String",
            {
                "ID": f"word_{number}_{count}",
                "CONTENT": plain(word.text),
                **_place(word.quad),
                "WC": f"{line.score:.4f}",
            },
        )


def _place(quad: Quad) -> dict[str, str]:
    left, top, right, bottom = box_of(quad)
    return {
        "HPOS": str(left),
        "VPOS": str(top),
        "WIDTH": str(right - left),
        "HEIGHT": str(bottom - top),
    }
