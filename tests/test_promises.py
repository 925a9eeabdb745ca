"""Claims about the table of what WeChat's documents promise, and about the errors'."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shizi.wechat.errors import CLOUD_FAULTS, FAULTS
from tests.naming import is_there

ROOT = Path(__file__).parents[1]
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

_TEXT, _LICENCE = "通用印刷体", "行驶证"

# Every endpoint, parameter, field and code that the two documents name.
PROMISES = {
    _TEXT: """
        POST /cv/ocr/comm
        openapi.ocr.printedText
        access_token
        cloudbase_access_token
        img_url
        img
        file smaller than 2M
        100 calls a day
        more calls bought
        curl example
        errcode
        errmsg
        items
        items[].text
        items[].pos
        pos.left_top, right_top, right_bottom, left_bottom
        pos.*.x, pos.*.y
        img_size
        img_size.w, img_size.h
        -1
        40001
        101000
        101002
        101003
    """,
    _LICENCE: """
        POST /cv/ocr/driving
        GET /cv/ocr/driving (example 1)
        upload (example 2)
        access_token
        type
        img_url
        img
        500 calls a day
        file smaller than 2M
        errcode
        errmsg
        vehicle_type
        vhicle_type
        owner
        addr
        use_character
        model
        vin
        engine_num
        register_date
        issue_date
        plate_num_b
        record
        passengers_num
        total_quality
        totalprepare_quality_quality
        prepare_quality
        openapi.ocr.vehicleLicense
        permission of ocr.vehicleLicense
        cloud type
        cloud imgUrl
        cloud img.contentType, img.value
        cloud errCode
        cloud errMsg
        cloud vehicleType
        cloud owner
        cloud addr
        cloud useCharacter
        cloud model
        cloud vin
        cloud engineNum
        cloud registerDate
        cloud issueDate
        cloud plateNumB
        cloud record
        cloud passengersNum
        cloud totalQuality
        cloud totalprepareQualityQuality
        thrown errCode, errMsg
    """,
}


def rows() -> list[tuple[str, str, list[str]]]:
    """Return document, promise and tests of each row of the table."""
    section = API.partition("## What WeChat's documents promise")[2]
    section = section.partition("\n## ")[0]
    found = re.findall(r"^\| (\S+) \| (.+?) \| (`tests.+) \|$", section, re.MULTILINE)
    return [
        (document, promise.replace("`", ""), re.findall(r"`([^`]+)`", tests))
        for document, promise, tests in found
    ]


@pytest.mark.parametrize("document", PROMISES)
def test_the_table_names_every_promise(document: str) -> None:
    promised = [line.strip() for line in PROMISES[document].strip().splitlines()]
    assert [promise for of, promise, _ in rows() if of == document] == promised


def test_the_table_is_of_these_documents() -> None:
    assert {document for document, _, _ in rows()} == set(PROMISES)


@pytest.mark.parametrize(
    "test", sorted({test for _, _, tests in rows() for test in tests})
)
def test_a_test_that_the_table_names_is_there(test: str) -> None:
    assert is_there(test)


def test_every_error_that_is_told_is_documented() -> None:
    section = API.partition("## Errors")[2].partition("\n## ")[0]
    codes: set[int] = set()
    for row in re.findall(r"^\| (-?\d[-\d, ]*) \|", section, re.MULTILINE):
        codes |= {int(code) for code in row.split(", ")}
    faults = {*FAULTS.values(), *CLOUD_FAULTS.values()}
    assert codes == {fault.code for fault in faults}


@pytest.mark.parametrize("fault", sorted(set(FAULTS.values())))
def test_an_error_is_documented_with_its_text(fault: tuple[int, str]) -> None:
    code, text = fault
    row = re.search(rf"^\| {code} \| `([^`]*)` \|", API, re.MULTILINE)
    if code not in {-501001, -501007}:
        assert row
        assert row[1] == text
