from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest
from lxml import etree

from shizi.formats import NAMES, find_format
from shizi.wechat.replies import card_reply, text_reply
from tests.formats.made import CARD, LINES, SIZE, TITLE, level, licence, page, scan

XHTML = "{http://www.w3.org/1999/xhtml}"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
SCHEMA = Path(__file__).parents[1] / "data" / "alto-4-4.xsd"

# What the schema imports for the attributes of links, none of which we write.
XLINK = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/1999/xlink">
<xsd:attributeGroup name="simpleLink"/></xsd:schema>"""

SCANS = [
    pytest.param(scan(), id="text"),
    pytest.param(scan(page(), licence()), id="two pages, one a licence"),
    pytest.param(scan(page(TITLE)), id="one line"),
    pytest.param(scan(source=os.fsdecode(b'\xff\x01"<&>.jpg')), id="an odd name"),
]


def write(name: str, of: object, *, fields: tuple[str, ...] = ()) -> str:
    return find_format(name, fields=fields).write(of)


@pytest.mark.parametrize("name", NAMES)
def test_each_format_writes_text_that_utf_8_has(name: str) -> None:
    written = write(name, scan(page(), licence(), source=os.fsdecode(b"\xff.jpg")))
    assert written.encode()
    assert written.endswith("\n")


def test_no_two_formats_share_a_suffix() -> None:
    assert len({find_format(name).suffix for name in NAMES}) == len(NAMES)


def test_text_is_a_row_a_line_and_a_form_feed_between_pages() -> None:
    text = "".join(f"{line.text}\n" for line in LINES)
    assert write("txt", scan(page(), page())) == f"{text}\f{text}"


def test_the_text_of_a_document_is_its_fields() -> None:
    assert write("txt", scan(licence())) == (
        "plate_number: 京A12345\nowner: 张三|李四\n"
    )


def test_json_tells_all_that_is_known() -> None:
    told = json.loads(write("json", scan(page(), licence())))
    assert told["source"] == "scans/a.jpg"
    first, second = told["pages"]
    assert (first["page"], first["width"], first["height"]) == (1, *SIZE)
    assert first["lines"][0] == {
        "text": TITLE.text,
        "score": 0.99,
        "quad": [[40, 20], [320, 20], [320, 60], [40, 60]],
    }
    assert "card" not in first
    assert second["card"]["fields"]["plate_number"]["text"] == "京A12345"
    assert second["card"]["pages"]["front"][0] == [10, 10]
    assert second["card"]["warnings"] == ["blurred"]


def test_json_lines_are_the_same_pages_a_row_each() -> None:
    both = scan(page(), licence())
    rows = [json.loads(row) for row in write("jsonl", both).splitlines()]
    pages = json.loads(write("json", both))["pages"]
    assert rows == [{"source": "scans/a.jpg", **each} for each in pages]


def test_wechat_s_form_is_a_reply_a_page() -> None:
    both = scan(page(), licence())
    first, second = map(json.loads, write("wechat", both).splitlines())
    assert first == text_reply(both.leaves[0].sheet.page)
    assert second == card_reply(CARD, detail=False)


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_table_has_a_row_a_line_or_field(name: str) -> None:
    table = find_format(name)
    text = (table.head + table.write(scan(page(), licence()))).removeprefix("\ufeff")
    rows = (
        list(csv.reader(io.StringIO(text)))
        if name == "csv"
        else [row.split("\t") for row in text.splitlines()]
    )
    assert rows[0][:6] == ["file", "page", "name", "text", "score", "left_top_x"]
    assert {len(row) for row in rows} == {13}
    assert [row[1:5] for row in rows[1:3]] == [
        ["1", "1", "识字 2026", "0.9900"],
        ["1", "2", 'a <b> & "c"', "0.9000"],
    ]
    assert rows[5][1:5] == ["2", "plate_number", "京A12345", "0.9800"]


def test_a_table_of_documents_has_a_column_a_field() -> None:
    table = find_format("csv", fields=("owner", "vin"))
    text = table.head + table.write(scan(licence()))
    assert text.startswith("\ufeff")
    assert list(csv.DictReader(io.StringIO(text[1:]))) == [
        {
            "file": "scans/a.jpg",
            "page": "1",
            "owner": "张三|李四",
            "vin": "",
            "warnings": "blurred",
        }
    ]


def test_only_tables_and_json_lines_share_a_file() -> None:
    shared = {name for name in NAMES if find_format(name).is_shared}
    assert shared == {"csv", "tsv", "jsonl"}


def test_markdown_has_headings_paragraphs_and_nothing_that_it_would_read() -> None:
    assert write("md", scan()) == (
        '# scans/a.jpg\n\n### 识字 2026\n\na \\<b\\> & "c"\\\n第二行\n\nDOWN\n'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a", "\\# a"),
        ("- a", "\\- a"),
        ("1. a", "1\\. a"),
        ("12) a", "12\\) a"),
        ("1.5 a", "1.5 a"),
        ("a_b*c`d", "a\\_b\\*c\\`d"),
    ],
)
def test_markdown_shows_a_line_as_it_is(text: str, shown: str) -> None:
    line = TITLE.__class__(text, level(0, 0, 100, 10), 1.0)
    assert shown in write("md", scan(page(line))).splitlines()


def test_markdown_has_a_table_of_a_document_s_fields() -> None:
    text = write("md", scan(licence()))
    assert "| owner | 张三\\|李四 | 0.70 |" in text.splitlines()


@pytest.mark.parametrize("made", SCANS)
def test_alto_is_valid(made: object) -> None:
    class Resolver(etree.Resolver):
        def resolve(self, url: str, _id: str, context: object) -> object:
            if "xlink" in url:
                return self.resolve_string(XLINK, context)
            return None

    parser = etree.XMLParser()
    parser.resolvers.add(Resolver())
    schema = etree.XMLSchema(etree.parse(SCHEMA, parser))
    tree = etree.fromstring(write("alto", made).encode())
    assert schema.validate(tree), schema.error_log
    strings = [each.get("CONTENT") for each in tree.iter(f"{ALTO}String")]
    words = " ".join(
        line.text for leaf in made.leaves for line in leaf.sheet.page.lines
    )
    assert strings == words.split()


def test_alto_tells_how_a_line_is_turned() -> None:
    tree = etree.fromstring(write("alto", scan()).encode())
    turned = [each.get("ROTATION") for each in tree.iter(f"{ALTO}TextBlock")]
    assert turned == [None, None, None, "-90"]


@pytest.mark.parametrize("made", SCANS)
def test_hocr_is_xhtml_with_the_classes_and_boxes_of_the_specification(
    made: object,
) -> None:
    tree = etree.fromstring(write("hocr", made).encode())
    assert tree.tag == f"{XHTML}html"
    metas = {
        each.get("name"): each.get("content") for each in tree.iter(f"{XHTML}meta")
    }
    assert metas["ocr-system"].startswith("shizi ")
    classes = {each.get("class") for each in tree.iter() if each.get("class")}
    assert classes <= set(metas["ocr-capabilities"].split())
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    pages = [each for each in tree.iter() if each.get("class") == "ocr_page"]
    assert len(pages) == len(made.leaves) == int(metas["ocr-number-of-pages"])
    for element, leaf in zip(pages, made.leaves, strict=True):
        assert box(element) == (0, 0, *SIZE)
        assert f"ppageno {leaf.number - 1}" in element.get("title")
        lines = list(element)
        assert {line.get("class") for line in lines} == {"ocr_line"}
        for line, read in zip(lines, leaf.sheet.page.lines, strict=True):
            assert "".join(line.itertext()).split() == read.text.split()
            left, top, right, bottom = box(line)
            for word in line:
                assert word.get("class") == "ocrx_word"
                assert (
                    0 <= int(re.search(r"x_wconf (\d+)", word.get("title"))[1]) <= 100
                )
                part = box(word)
                assert left <= part[0] < part[2] <= right
                assert top <= part[1] < part[3] <= bottom


def test_hocr_tells_how_a_line_is_turned() -> None:
    tree = etree.fromstring(write("hocr", scan()).encode())
    titles = [
        each.get("title") for each in tree.iter() if each.get("class") == "ocr_line"
    ]
    angles = [re.search(r"textangle (\S+)", title) for title in titles]
    assert [found and found[1] for found in angles] == [None, None, None, "-90"]


def box(element: object) -> tuple[int, ...]:
    found = re.search(r"\bbbox (\d+) (\d+) (\d+) (\d+)", element.get("title"))
    return tuple(map(int, found.groups()))
