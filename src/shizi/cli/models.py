"""`shizi models`: other models than the wheel's, and the same in int8."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shizi.cli.download import take, told
from shizi.cli.option import JsonOption, load_settings
from shizi.cli.outcome import Exit, tell, write
from shizi.core.errors import EngineError, ImageDecodeError, ModelError
from shizi.core.image import decode_image
from shizi.ocr import shelf
from shizi.ocr.calibration import draw_pages, find_fonts
from shizi.ocr.examine import find_part
from shizi.ocr.optimise import optimise
from shizi.ocr.shelf import About

if TYPE_CHECKING:
    from shizi.core.image import Image

commands = typer.Typer(
    help="Add larger models, and make the present ones faster.", no_args_is_help=True
)

# Pages drawn: a quarter of them is kept to compare readings on.
_PAGES, _SEED = 24, 1
# Pictures of the operator's taken, at most.
_MOST_PICTURES = 100
_SUM = re.compile("[0-9a-f]{64}")

_NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The model's name.")]


@commands.command("list")
def show(*, as_json: JsonOption = False) -> None:
    """List the models: what each does, its checksum, how it came, and where it is."""
    rows = [
        {
            "name": model.name,
            "part": model.part,
            "format": "int8" if model.source else "onnx",
            "sha256": model.sha256,
            "note": model.note,
            "path": str(model.path),
        }
        for model in shelf.find_all(load_settings().models)
    ]
    if as_json:
        write(json.dumps(rows))
        return
    for row in rows:
        write("\t".join(str(value) for value in row.values()))


@commands.command("add")
def add(
    name: _NameArgument,
    origin: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="An ONNX file, or its https URL.")
    ],
    *,
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HEX", help="The file's checksum.")
    ],
) -> None:
    """Add a detector or recogniser of PP-OCR's, to be chosen by its name."""
    folder, wanted = load_settings().models, sha256.lower()
    shelf.check_name(name)
    if not _SUM.fullmatch(wanted):
        raise typer.BadParameter("--sha256 is 64 digits, 0 to 9 and a to f")
    with shelf.staging(folder) as made:
        file = made / "model.onnx"
        digest = take(origin, file)
        if digest != wanted:
            message = f"{told(origin)}: SHA-256 {digest} is not {wanted}: not added"
            raise ModelError(message)
        part = find_part(file)
        about = About(part, name, {file.name: digest}, told(origin))
        shelf.place_added(folder, made, about)
    write(f"{part} {name} was added: SHIZI_{part.upper()}={name} chooses it")


@commands.command("remove")
def remove(name: _NameArgument) -> None:
    """Remove a model that was added, and what was made of it."""
    shelf.remove(load_settings().models, name)


@commands.command("optimise")
def make(
    *,
    pictures: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Pictures of your own to learn from, beside drawn ones.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Make the chosen recogniser faster: most of it in int8; minutes.

    One that reads too much otherwise than before is not kept.
    """
    setup = load_settings().setup()
    try:
        optimise(setup, _pages(pictures), tell=tell)
    except (ModelError, EngineError) as error:
        tell(str(error))
        raise typer.Exit(Exit.ENGINE) from error


def _pages(folder: Path | None) -> list[Image]:
    """Return what to learn from: the operator's pictures, the samples, drawn pages."""
    given = _pictures(folder) if folder else []
    samples = resources.files("shizi") / "samples"
    shipped = [
        decode_image((samples / name).read_bytes())
        for name in ("page.jpg", "vehicle-licence.jpg")
    ]
    try:
        drawn = draw_pages(_PAGES, find_fonts(), seed=_SEED)
    except ModelError:
        if not given:
            raise
        drawn = []
    return [*shipped, *given, *drawn]


def _pictures(folder: Path) -> list[Image]:
    """Return the pictures of a folder; files that are none are told."""
    found: list[Image] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if len(found) == _MOST_PICTURES:
            tell(f"{folder}: {_MOST_PICTURES} pictures are taken, the others are not")
            break
        try:
            found.append(decode_image(path.read_bytes()))
        except (ImageDecodeError, OSError) as error:
            tell(f"{path.name}: {error}")
    return found
