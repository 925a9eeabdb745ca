from __future__ import annotations

import numpy as np
import pytest

from shizi.documents.cell import Part, assign, lay_cells, place_labels
from shizi.documents.spec import load_spec

FRONT, BACK = load_spec("vehicle_licence").pages


def part(left: float, right: float, y: float, key: int) -> Part:
    return Part(left, right, y, 3.2, key)


def test_a_label_that_was_not_found_moves_with_its_neighbours() -> None:
    nominal = place_labels(FRONT, {})
    found = {
        text: np.add(ends, (1.5, -0.8))
        for text, ends in nominal.items()
        if text != "住址"
    }
    placed = place_labels(FRONT, found)
    np.testing.assert_allclose(placed["住址"], np.add(nominal["住址"], (1.5, -0.8)))


@pytest.mark.parametrize(("shift", "slope"), [(0, 0), (1.2, 0), (-1.2, 0.017)])
def test_values_go_to_their_rows_though_their_layer_lies_askew(
    shift: float, slope: float
) -> None:
    labels = place_labels(FRONT, {})
    cells = lay_cells(FRONT, labels)
    parts: list[Part] = []
    names: list[str] = []
    for cell in cells:
        left = cell.end + 2
        right = min(left + 12, cell.right - 1)
        y = cell.y + shift + slope * (left + right) / 2
        parts.append(part(left, right, y, len(names)))
        names.append(cell.field.name)
    given = assign(cells, parts)
    assert {name: [p.key for p in found] for name, found in given.items()} == {
        name: [key] for key, name in enumerate(names)
    }


def test_the_lines_of_an_address_stay_in_order() -> None:
    cells = lay_cells(FRONT, place_labels(FRONT, {}))
    y = next(cell.y for cell in cells if cell.field.name == "address")
    given = assign(cells, [part(17, 40, y + 1.8, 1), part(17, 80, y - 1.6, 0)])
    assert [p.key for p in given["address"]] == [0, 1]


def test_a_text_that_begins_with_a_misread_label_is_its_value() -> None:
    cells = lay_cells(FRONT, place_labels(FRONT, {}))
    vin = next(cell for cell in cells if cell.field.name == "vin")
    given = assign(cells, [part(vin.start - 1, 80, vin.y, 0)])
    assert list(given) == ["vin"]
    assert not assign(cells, [part(vin.start - 1, vin.end + 1, vin.y, 0)])


def test_a_value_ends_where_the_next_label_of_its_row_starts() -> None:
    labels = place_labels(BACK, {})
    # The right column of real cards hangs lower than the left one.
    labels = {
        text: np.add(ends, (0, 1.9)) if ends[0][0] > 40 else ends
        for text, ends in labels.items()
    }
    cells = {cell.field.name: cell for cell in lay_cells(BACK, labels)}
    assert cells["seats"].right == pytest.approx(labels["总质量"][0][0])
    assert cells["gross_mass"].right > BACK.size[0]
