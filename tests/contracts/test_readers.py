"""Claims about the strictness that replies are read with."""

import pytest

from tests.contracts.readers import INT32, INT64, UINT, UnreadableError, take


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        pytest.param(INT64, 1.0, id="a fraction"),
        pytest.param(INT64, "1", id="a quoted number"),
        pytest.param(INT64, True, id="a boolean"),
        pytest.param(INT64, None, id="null"),
        pytest.param(UINT, -1, id="below zero"),
        pytest.param(INT32, 2**31, id="too wide"),
        pytest.param(str, 1, id="a number for a text"),
        pytest.param([str], None, id="no list"),
        pytest.param([str], ["a", 1], id="a number in a list of texts"),
        pytest.param({"a": str}, [], id="no object"),
        pytest.param({"a": str}, {"A": "a"}, id="another key"),
        pytest.param({"a": {"b": UINT}}, {"a": {"b": -1}}, id="deep inside"),
    ],
)
def test_what_a_client_cannot_read_is_refused(shape, value):
    with pytest.raises(UnreadableError):
        take(shape, value)


def test_keys_that_a_client_does_not_know_are_passed_over():
    assert take({"a": [UINT]}, {"a": [1, 2], "b": None}) == {"a": [1, 2]}
