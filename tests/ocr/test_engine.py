"""The engine on the sample, which is read exactly when it stands upright."""

from __future__ import annotations

import io
import time
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from shizi import Reader
from shizi.core.errors import EngineError, GoneError, ImageDecodeError
from shizi.core.image import decode_image
from shizi.ocr.detect import Box
from shizi.ocr.engine import TextEngine
from shizi.ocr.sessions.openvino import Session
from shizi.reading import read_text
from tests import fakes
from tests.samples import SAMPLE, SAMPLE_LINES

pytestmark = pytest.mark.real

# EXIF's orientation: which turn or mirroring the file needs to stand upright, undone.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return decode_image(SAMPLE.read_bytes())


def texts(page: object) -> list[str]:
    return [line.text for line in page.lines]


def test_the_sample_is_read_from_path_bytes_and_pixels(
    reader: Reader, pixels: np.ndarray
) -> None:
    for image in (SAMPLE, str(SAMPLE), SAMPLE.read_bytes(), pixels):
        page = reader.read_text(image)
        assert texts(page) == SAMPLE_LINES
        assert page.size == (pixels.shape[1], pixels.shape[0])


@pytest.mark.parametrize("orientation", STORED_AS)
def test_each_exif_orientation_gives_the_same_lines_in_the_same_places(
    reader: Reader, pixels: np.ndarray, orientation: int
) -> None:
    upright = Image.fromarray(pixels)
    turn = STORED_AS[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "PNG", exif=exif)
    assert reader.read_text(file.getvalue()) == reader.read_text(pixels)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_is_read_in_order_with_corners_where_reading_starts(
    reader: Reader, pixels: np.ndarray, turns: int
) -> None:
    page = reader.read_text(np.ascontiguousarray(np.rot90(pixels, turns)))
    assert page.size == (
        (pixels.shape[0], pixels.shape[1])
        if turns % 2
        else (pixels.shape[1], pixels.shape[0])
    )
    assert texts(page) == SAMPLE_LINES
    title = page.lines[0].quad
    upright = reader.read_text(pixels).lines[0].quad
    height, width = pixels.shape[:2]
    for corner, (x, y) in zip(title, upright, strict=True):
        expected = {
            1: (y, width - 1 - x),
            2: (width - 1 - x, height - 1 - y),
            3: (height - 1 - y, x),
        }[turns]
        assert corner == pytest.approx(expected, abs=8)


def test_a_page_without_text_has_no_lines(reader: Reader) -> None:
    assert reader.read_text(np.full((300, 400, 3), 200, np.uint8)).lines == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (31, 33)])
def test_pictures_of_odd_sizes_are_read(reader: Reader, size: tuple[int, int]) -> None:
    assert reader.read_text(np.zeros((*size, 3), np.uint8)).size == size[::-1]


def test_the_other_session_reads_the_same(pixels: np.ndarray) -> None:
    page = Reader(session="onnxruntime").read_text(pixels)
    assert texts(page) == SAMPLE_LINES


def test_what_is_no_picture_is_refused(reader: Reader) -> None:
    with pytest.raises(ImageDecodeError):
        reader.read_text(b"no picture")


def test_a_missing_file_is_told_as_such(reader: Reader) -> None:
    with pytest.raises(FileNotFoundError):
        reader.read_text("absent.jpg")


def test_a_task_reads_pictures(pixels: np.ndarray) -> None:
    engine = TextEngine()
    engine.warm()
    assert texts(read_text(engine, pixels)) == SAMPLE_LINES


@pytest.mark.parametrize(("is_brief", "copies"), [(True, 0), (False, 10)])
def test_strips_are_made_fast_where_many_pages_will_be_read(
    monkeypatch: pytest.MonkeyPatch, *, is_brief: bool, copies: int
) -> None:
    made: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        "shizi.ocr.sessions.openvino.Session.prepare",
        lambda _session, shape: made.append(shape),
    )
    TextEngine(is_brief=is_brief).warm()
    assert len(made) == copies


def test_a_page_that_nobody_waits_for_is_not_read_on(pixels: np.ndarray) -> None:
    class Leaver:
        """Waits for a few inferences and leaves."""

        since = 0.0
        helpers = ()
        left = 5

        def check(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise GoneError

    leaver = Leaver()
    engine = TextEngine(caller=leaver)
    with pytest.raises(GoneError):
        engine.read(pixels)
    assert leaver.left == -1


def test_lines_are_found_on_all_cores_while_the_others_help(
    monkeypatch: pytest.MonkeyPatch, pixels: np.ndarray
) -> None:
    made: dict[int, int] = {}
    ran: list[int] = []
    begin, run = Session.__init__, Session.run

    def noted(session: Session, *args: Any, threads: int, **options: Any) -> None:
        made[id(session)] = threads
        begin(session, *args, threads=threads, **options)

    def counted(session: Session, batch: np.ndarray) -> np.ndarray:
        ran.append(made[id(session)])
        return run(session, batch)

    monkeypatch.setattr(Session, "__init__", noted)
    monkeypatch.setattr(Session, "run", counted)
    caller = fakes.Nobody()
    engine = TextEngine(caller=caller, workers=3)
    engine.warm()
    boxes: list[bytes] = []
    for helpers in (0, 1, 2, 1):
        caller.helpers = (None,) * helpers  # type: ignore[assignment] # counted alone
        ran.clear()
        boxes.append(np.array(engine.find(pixels)).tobytes())
        assert ran == [3 if helpers == 2 else 1]
    assert len(set(boxes)) == 1
    engine.release()
    assert np.array(engine.find(pixels)).tobytes() == boxes[0]


def test_time_counts_from_the_beginning_of_the_call(pixels: np.ndarray) -> None:
    late = fakes.Nobody()
    late.since = time.monotonic() - 100
    assert len(TextEngine(caller=late, seconds=100).read(pixels).lines) == 1


def test_a_session_without_bf16_says_so() -> None:
    with pytest.raises(EngineError, match="no bf16"):
        Reader(session="onnxruntime", precision="bf16")


def test_a_long_screenshot_is_read_as_its_parts_are(
    reader: Reader, pixels: np.ndarray
) -> None:
    page = reader.read_text(np.concatenate([pixels, pixels, pixels, pixels]))
    assert texts(page) == SAMPLE_LINES * 4


def test_a_page_past_its_time_is_given_with_what_was_read(pixels: np.ndarray) -> None:
    page = TextEngine(seconds=0).read(pixels)
    assert len(page.lines) == 1
    assert page.lines[0].text in SAMPLE_LINES


def test_a_drawing_invents_no_text(reader: Reader) -> None:
    image = np.full((600, 800, 3), 240, np.uint8)
    cv2.circle(image, (250, 300), 180, (20, 20, 20), 14)
    cv2.rectangle(image, (500, 150), (700, 450), (30, 30, 30), 12)
    cv2.line(image, (500, 450), (700, 150), (30, 30, 30), 12)
    assert texts(reader.read_text(image)) == []


def test_a_picture_of_one_character_is_read(reader: Reader, pixels: np.ndarray) -> None:
    assert texts(reader.read_text(pixels[245:345, 470:560])) == ["春"]


@pytest.mark.parametrize("shape", [(4, 30_000, 3), (30_000, 1, 3)])
def test_a_picture_lower_than_any_letter_has_no_text(shape: tuple[int, ...]) -> None:
    engine = TextEngine()
    page = engine.read(np.zeros(shape, np.uint8))
    assert page.lines == ()
    assert page.size == (shape[1], shape[0])


def test_a_long_picture_is_searched_no_longer_than_the_time_allows() -> None:
    class Counter:
        """Finds nothing, and counts how often it looks."""

        looks = 0

        def find(self, _image: np.ndarray) -> list[Box]:
            self.looks += 1
            return []

    engine = TextEngine(seconds=0)
    engine._detector = counter = Counter()
    engine.read(np.zeros((60_000, 100, 3), np.uint8))
    assert counter.looks == 1


def test_a_page_has_no_more_than_a_thousand_boxes() -> None:
    class Finder:
        """Finds four hundred boxes wherever it looks."""

        def find(self, image: np.ndarray) -> list[Box]:
            height, width = image.shape[:2]
            tops = np.linspace(0, height - 9, 400)
            corners = [[1, 0], [width - 2, 0], [width - 2, 4], [1, 4]]
            return [
                Box(np.array(corners, np.float32) + np.array([0, top], np.float32), 1.0)
                for top in tops
            ]

    engine = TextEngine()
    engine._detector = Finder()
    assert len(engine.find(np.zeros((60_000, 100, 3), np.uint8))) == 1000
