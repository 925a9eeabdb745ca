"""What the pictures say: phrases from the stock, and values made up on the spot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

STOCK = Path(__file__).with_name("stock")

# GB2312 level 1: rows 16 to 55 hold its 3 755 most used characters.
_LEVEL_ONE = range(0xB0, 0xD8)
_CELLS = range(0xA1, 0xFF)


def read_stock(lang: str) -> dict[str, tuple[str, ...]]:
    """Return the phrases of a language by section."""
    return read_sections(STOCK / f"{lang}.txt")


@cache
def read_sections(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the rows of a stock file by section; `[name]` starts one."""
    sections: dict[str, list[str]] = {}
    for row in path.read_text("utf-8").splitlines():
        if row.startswith("["):
            phrases = sections.setdefault(row.strip("[]"), [])
        elif row:
            phrases.append(row)
    return {name: tuple(phrases) for name, phrases in sections.items()}


@cache
def level_one() -> str:
    """Return the characters of GB2312 level 1."""
    cells = (bytes((row, cell)) for row in _LEVEL_ONE for cell in _CELLS)
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


class Wording:
    """A source of phrases in one language, from one half of the stock.

    Args:
        lang: "zh" (simplified), "hant" (traditional) or "en".
        half: 0 or 1; the two halves share no phrase.
    """

    def __init__(self, lang: str, half: int, rng: np.random.Generator) -> None:
        """Start drawing phrases with the generator."""
        self.lang = lang
        self._half = half
        self._rng = rng

    @property
    def chinese(self) -> bool:
        """Return whether the phrases are Chinese."""
        return self.lang != "en"

    def of(self, section: str) -> str:
        """Return a phrase of a section of the stock."""
        phrases = read_stock(self.lang)[section][self._half :: 2]
        return phrases[int(self._rng.integers(len(phrases)))]

    def several(self, section: str, count: int) -> list[str]:
        """Return phrases of a section, different ones as long as there are."""
        phrases = read_stock(self.lang)[section][self._half :: 2]
        order = self._rng.permutation(len(phrases))
        return [phrases[int(order[i % len(phrases)])] for i in range(count)]

    def paragraph(self, sentences: int) -> str:
        """Return some sentences as running text."""
        glue = "" if self.chinese else " "
        return glue.join(self.several("sentences", sentences))

    def rare(self, length: int) -> str:
        """Return random characters of GB2312 level 1, or a random code in English."""
        if not self.chinese:
            return self.code(length)
        characters = level_one()
        picks = self._rng.integers(len(characters), size=length)
        return "".join(characters[int(i)] for i in picks)

    def digits(self, length: int) -> str:
        """Return random digits."""
        return "".join(str(d) for d in self._rng.integers(10, size=length))

    def code(self, length: int) -> str:
        """Return an order number: two letters, a dash, digits."""
        letters = "".join(chr(65 + int(i)) for i in self._rng.integers(26, size=2))
        return f"{letters}-{self.digits(max(1, length - 3))}"

    def price(self, most: float = 200.0) -> str:
        """Return an amount with two decimals, without a sign."""
        return f"{float(self._rng.uniform(1, most)):.2f}"

    def money(self, most: float = 2000.0) -> str:
        """Return an amount with its currency sign."""
        amount = float(self._rng.uniform(1, most))
        return f"{'¥' if self.chinese else '$'}{amount:,.2f}"

    def date(self) -> str:
        """Return a date in one of the ways it is printed."""
        year, month = (
            int(self._rng.integers(2015, 2030)),
            int(self._rng.integers(1, 13)),
        )
        day = int(self._rng.integers(1, 29))
        forms = [f"{year}-{month:02}-{day:02}", f"{year}/{month:02}/{day:02}"]
        forms.append(
            f"{year}年{month}月{day}日"
            if self.chinese
            else f"{day:02}.{month:02}.{year}"
        )
        return forms[int(self._rng.integers(len(forms)))]

    def time(self) -> str:
        """Return a time of day."""
        hour, minute = int(self._rng.integers(24)), int(self._rng.integers(60))
        return f"{hour:02}:{minute:02}"

    def phone(self) -> str:
        """Return a telephone number that belongs to nobody."""
        # No area code is 000, and 555-01xx is kept free for fiction.
        if self.chinese:
            return f"000-{self.digits(4)} {self.digits(4)}"
        return f"555-01{self.digits(2)}"

    def address(self) -> str:
        """Return a street with a house number."""
        number = int(self._rng.integers(1, 300))
        place = self.of("places")
        return (
            f"{place}{number}号"
            if self.lang == "zh"
            else (f"{place}{number}號" if self.lang == "hant" else f"{number} {place}")
        )

    def remark(self) -> str:
        """Return a small thing with the marks that readers tend to lose."""
        rng = self._rng
        chinese = [
            f"气温：{int(rng.integers(-9, 40))}℃",
            f"*{self.of('goods')}*",
            f"尺寸 {int(rng.integers(10, 90))}×{int(rng.integers(10, 90))}cm",
            f"《{self.of('titles')}》",
            f"（{self.of('labels')}：{self.digits(3)}）",
            f"“{self.of('signs')}”",
            f"约{self.price(90)}%",
            f"{self.of('labels')}——{self.digits(2)}",
        ]
        english = [
            f"Temp. {int(rng.integers(-9, 40))}°C",
            f"* {self.of('goods')} *",
            f"({self.of('labels')}: {self.digits(3)})",
            f'"{self.of("signs")}"',
            f"+/- {self.price(9)}%",
            f"#{self.digits(4)} & {self.digits(2)}",
        ]
        remarks = chinese if self.lang == "zh" else english
        if self.lang == "hant":
            remarks = [
                f"《{self.of('titles')}》",
                f"（{self.of('labels')}：{self.digits(3)}）",
            ]
        return remarks[int(rng.integers(len(remarks)))]
