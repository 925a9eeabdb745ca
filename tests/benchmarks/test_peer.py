"""rapidocr behind the server's code reads what it reads by itself."""

from __future__ import annotations

import pytest
from tests.samples import SAMPLE, SAMPLE_LINES

from benchmarks.peer import LIBRARY, THREADS, Peer
from shizi.core.image import decode_image

pytestmark = pytest.mark.real


@pytest.mark.parametrize("library", ["onnxruntime", "openvino"])
def test_a_page_comes_with_its_lines_where_they_are(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setenv(LIBRARY, library)
    monkeypatch.setenv(THREADS, "1")
    image = decode_image(SAMPLE.read_bytes())
    page = Peer(session="openvino", caller=None).read(image)
    assert page.size == (image.shape[1], image.shape[0])
    read = {line.text for line in page.lines}
    assert len(read & set(SAMPLE_LINES)) > len(SAMPLE_LINES) / 2
    title = next(line for line in page.lines if line.text == SAMPLE_LINES[0])
    assert title.quad[0].y < title.quad[2].y < image.shape[0] / 4
