from __future__ import annotations

import numpy as np
import pytest

from shizi.ocr.detect import Detector


class BlobSession:
    """Says text where the picture is black."""

    def __init__(self, sure: float = 5.0) -> None:
        self.sure = sure

    def run(self, batch: np.ndarray) -> np.ndarray:
        self.shape = batch.shape
        return np.where(batch[:, None, :, :, 0] < 128, 5.0, -self.sure).astype(
            np.float32
        )


def detector(session: BlobSession) -> Detector:
    return Detector(session, shortest=64, longest=640, enlarge=256)


def page(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), 255, np.uint8)


def test_a_blank_page_has_no_boxes() -> None:
    assert detector(BlobSession()).find(page(320, 320)) == []


def test_a_box_grows_by_the_unclip_rule_on_every_side() -> None:
    image = page(320, 320)
    image[100:120, 50:250] = 0
    (box,) = detector(BlobSession()).find(image)
    # A (200 x 20) blob grows by area * 1.4 / perimeter: 12.7 a side, dilation aside.
    assert box.corners == pytest.approx(
        np.array([[37, 87], [263, 87], [263, 132], [37, 132]]), abs=2
    )
    assert box.score > 0.9


def test_paper_that_is_no_text_at_all_does_not_overflow() -> None:
    image = page(320, 320)
    image[100:120, 50:250] = 0
    (box,) = detector(BlobSession(sure=200.0)).find(image)
    assert box.score > 0.9


def test_boxes_come_back_in_pixels_of_the_original_picture() -> None:
    image = page(1280, 1280)
    image[400:480, 200:1000] = 0
    session = BlobSession()
    (box,) = detector(session).find(image)
    assert session.shape == (1, 640, 640, 3)
    assert box.corners[0] == pytest.approx([150, 350], abs=6)


def test_boxes_stay_inside_the_picture() -> None:
    image = page(320, 320)
    image[0:20, 0:320] = 0
    (box,) = detector(BlobSession()).find(image)
    assert box.corners.min() >= 0
    assert box.corners.max() <= 319


@pytest.mark.parametrize(
    ("size", "looked_at"),
    [
        pytest.param((320, 320), (320, 320), id="as it is"),
        pytest.param((1280, 640), (640, 320), id="large: reduced"),
        pytest.param((48, 48), (64, 64), id="small: enlarged"),
        pytest.param((600, 40), (608, 32), id="strip: not enlarged past the limit"),
        pytest.param((200, 40), (256, 64), id="short strip: enlarged up to the limit"),
        pytest.param((1, 1), (64, 64), id="one pixel"),
        pytest.param((10_000, 1), (640, 32), id="hairline"),
    ],
)
def test_the_size_that_is_looked_at(
    size: tuple[int, int], looked_at: tuple[int, int]
) -> None:
    assert detector(BlobSession()).input_size(*size) == looked_at


def test_more_blobs_than_a_page_can_hold_are_cut_off() -> None:
    image = page(640, 640)
    image[4::16, 4:630:16] = 0
    for row in range(8):
        image[4 + row :: 16, 4::16] = 0
        for column in range(8):
            image[4 + row :: 16, 4 + column :: 16] = 0
    assert len(detector(BlobSession()).find(image)) == 1000


def test_a_bent_line_has_a_centre_line_in_pixels_of_the_picture() -> None:
    image = page(640, 1280)
    x = np.arange(100, 1180)
    for column in x:
        middle = int(320 - 140 * np.sin((column - 100) / 1080 * np.pi))
        image[middle - 20 : middle + 20, column] = 0
    (box,) = detector(BlobSession()).find(image)
    assert box.curve is not None
    assert box.curve.points[:, 1].min() == pytest.approx(180, abs=10)
    assert box.score > 0.9


def test_a_straight_line_has_no_centre_line() -> None:
    image = page(320, 320)
    image[100:120, 50:250] = 0
    (box,) = detector(BlobSession()).find(image)
    assert box.curve is None
