"""Claims about trying pictures, in a browser with the real engine."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.samples import SAMPLE, SAMPLE_LINES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.sight import Sight

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
LICENCE = SAMPLE.with_name("vehicle-licence.jpg")

# Puts a file into a page as a person's clipboard or mouse does.
HAND_OVER = """([kind, data, name]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type: "image/jpeg" }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true })
    : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def test_a_page_is_read_and_its_lines_and_outlines_light_each_other(
    sight: Sight,
) -> None:
    page = sight.page
    sight.check_access()
    sight.try_sample("page.jpg")
    assert page.locator(".lines li").all_text_contents() == SAMPLE_LINES
    assert page.locator(".overlay .box").count() == len(SAMPLE_LINES)
    picture, overlay = (
        page.locator(each).bounding_box() for each in ("#picture", "#frame .overlay")
    )
    assert picture == pytest.approx(overlay, abs=1)
    page.hover(".lines li[data-box='2']")
    expect(page.locator(".overlay .lit")).to_have_attribute("data-box", "2")
    page.hover(".overlay [data-box='4']")
    expect(page.locator(".lines .lit")).to_have_attribute("data-box", "4")
    sight.check_access()
    page.hover(".lines li[data-box='2']")
    sight.draw("console-text.en")


def test_lines_are_walked_by_the_keyboard(sight: Sight) -> None:
    page = sight.page
    sight.show(SAMPLE)
    page.locator(".lines li").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".lines li:focus")).to_have_text(SAMPLE_LINES[2])
    expect(page.locator(".overlay .lit")).to_have_attribute("data-box", "2")


@pytest.mark.parametrize(
    ("language", "pages", "label"),
    [
        ("en-GB", ["Main page", "Second page"], "Owner"),
        ("zh-CN", ["主页", "副页"], "所有人"),
    ],
)
def test_a_licence_becomes_a_card_with_crops(
    see: Callable[..., Sight], language: str, pages: list[str], label: str
) -> None:
    sight = see(locale=language)
    page = sight.page
    sight.open()
    sight.try_sample("vehicle-licence.jpg")
    expect(page.locator(".card h3")).to_have_text(pages)
    owner = page.locator(".field.owner")
    expect(owner.locator("dt")).to_have_text(label)
    expect(owner.locator(".value")).to_have_text("何荣焕")
    expect(owner.locator(".trust")).to_contain_text("%")
    # A crop that shows something: ink and paper.
    drawn = owner.locator("canvas").evaluate(
        "each => [...each.getContext('2d').getImageData(0, 0, each.width,"
        " each.height).data]"
    )
    pixels = np.array(drawn, np.uint8).reshape(-1, 4)
    assert pixels[:, 3].min() == 255
    assert np.ptp(pixels[:, :3].astype(int)) > 100
    sight.check_access()
    sight.draw(f"console-licence.{language[:2]}")


def test_a_phone_shows_everything_and_offers_its_camera(
    see: Callable[..., Sight],
) -> None:
    sight = see(**PHONE)
    page = sight.page
    sight.open()
    camera = page.locator("input[name=camera]")
    assert camera.get_attribute("capture") == "environment"
    expect(page.locator("label:has(input[name=camera])")).to_be_visible()
    sight.check_access()
    page.set_input_files("input[name=camera]", LICENCE)
    sight.settle()
    expect(page.locator(".field.plate_number .value")).to_have_text("青BU8213")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    sight.check_access()
    sight.draw("console-phone.en")


def test_a_dark_page_can_be_read(see: Callable[..., Sight]) -> None:
    sight = see(color_scheme="dark", locale="zh-CN")
    sight.open()
    sight.check_access()
    sight.try_sample("page.jpg")
    sight.check_access()
    sight.draw("console-dark.zh")


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_taken_by_hand(sight: Sight, kind: str) -> None:
    data = base64.b64encode(SAMPLE.read_bytes()).decode()
    sight.page.evaluate(HAND_OVER, [kind, data, "it's.jpg"])
    sight.settle()
    assert sight.page.locator(".lines li").first.text_content() == SAMPLE_LINES[0]
    assert "it" in (sight.page.locator("#curl").text_content() or "")


def test_text_json_and_commands_are_copied(see: Callable[..., Sight]) -> None:
    sight = see(permissions=["clipboard-read", "clipboard-write"])
    sight.open()
    sight.try_sample("page.jpg")
    for name, begins in (
        ("text", SAMPLE_LINES[0]),
        ("json", '{\n  "errcode": 0'),
        ("curl", "curl "),
    ):
        sight.page.click(f"[data-copy={name}]")
        expect(sight.page.locator(".tools [role=status]")).to_have_text("Copied")
        copied = sight.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(begins)
        if name == "text":
            assert copied.split("\n") == SAMPLE_LINES


def test_another_kind_reads_the_same_picture_again(sight: Sight) -> None:
    page = sight.page
    sight.show(SAMPLE)
    page.check("[name=kind][value=licence]", force=True)
    expect(page.locator("#result .bad")).to_contain_text("no vehicle licence")
    sight.check_access()
    page.click("#again")
    expect(page.locator("#drop")).to_be_visible()
    expect(page.locator("#work")).to_be_hidden()


def test_a_picture_that_is_too_large_is_made_smaller(
    sight: Sight, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    with Image.open(SAMPLE) as image:
        grain = np.random.default_rng(1).integers(0, 9, (*image.size[::-1], 3))
        noisy = np.clip(np.asarray(image) + grain - 4, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(large)
    assert large.stat().st_size > 2 << 20
    sight.show(large)
    expect(sight.page.locator("#said")).to_contain_text("made smaller")
    texts = sight.page.locator(".lines li").all_text_contents()
    assert texts[0] == SAMPLE_LINES[0]
    assert len(texts) == len(SAMPLE_LINES)


def test_a_turned_photograph_is_outlined_upright(sight: Sight, tmp_path: Path) -> None:
    turned = tmp_path / "turned.jpg"
    with Image.open(SAMPLE) as image:
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by a quarter, clockwise
        image.rotate(90, expand=True).save(turned, quality=90, exif=exif)
    sight.show(turned)
    first = sight.page.locator(".overlay .box").first.bounding_box()
    frame = sight.page.locator("#picture").bounding_box()
    assert first is not None
    assert frame is not None
    assert frame["height"] > frame["width"]
    assert first["width"] > 2 * first["height"]
    assert first["y"] - frame["y"] < frame["height"] / 4


def test_a_file_that_is_no_picture_is_told(sight: Sight, tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("no picture")
    sight.show(text)
    expect(sight.page.locator("#result .bad")).to_contain_text("101002")
    expect(sight.page.locator("#said")).to_contain_text("cannot show")
    sight.check_access()


def test_a_picture_without_text_is_told(sight: Sight, tmp_path: Path) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(blank, "PNG")
    (tmp_path / "blank.png").write_bytes(blank.getvalue())
    sight.show(tmp_path / "blank.png")
    expect(sight.page.locator("#result")).to_contain_text("no text in this picture")


def test_a_server_that_has_gone_is_told(sight: Sight) -> None:
    sight.page.context.set_offline(True)
    sight.page.set_input_files("input[name=file]", SAMPLE)
    alert = sight.page.locator("#result .bad")
    expect(alert).to_contain_text("could not be reached")
    # The browser itself tells of the connection that failed, and of nothing else.
    told = [each for each in sight.faults if "ERR_INTERNET_DISCONNECTED" not in each]
    assert told == []
    sight.faults.clear()


def test_the_language_is_switched_and_stays(sight: Sight) -> None:
    page = sight.page
    page.click("text=中文")
    expect(page.locator("h1")).to_have_text("试一张图片")
    sight.open()
    expect(page.locator("h1")).to_have_text("试一张图片")
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("Try a picture")
