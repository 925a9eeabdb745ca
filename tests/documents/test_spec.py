from __future__ import annotations

import pytest

from shizi.core.errors import SpecError
from shizi.documents.spec import load_spec, parse_spec


def test_the_vehicle_licence_is_there():
    spec = load_spec("vehicle_licence")
    assert [page.name for page in spec.pages] == ["front", "back"]
    assert spec.pages[0].label("车辆识别代号").at[0] == 40


@pytest.mark.parametrize("kind", ["passport", "../rules", ""])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(SpecError, match="no such kind"):
        load_spec(kind)


def test_a_text_that_is_no_toml_is_refused():
    with pytest.raises(SpecError, match="not TOML"):
        parse_spec("kind = ")
