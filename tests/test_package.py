"""The package's public face."""

import importlib
from importlib import metadata, resources

import pytest

import shizi


def test_the_public_names_are_sorted():
    assert shizi.__all__ == sorted(shizi.__all__)


@pytest.mark.parametrize("name", shizi.__all__)
def test_every_public_name_is_there(name):
    assert getattr(shizi, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Writer"):
        _ = shizi.Writer


def test_the_version_is_the_one_installed():
    assert metadata.version("shizi") == shizi.__version__


def test_the_package_says_that_it_is_typed():
    assert resources.files("shizi").joinpath("py.typed").is_file()


def test_the_command_is_there():
    (command,) = (
        entry
        for entry in metadata.distribution("shizi").entry_points
        if entry.group == "console_scripts"
    )
    module, _, attribute = command.value.partition(":")
    assert callable(getattr(importlib.import_module(module), attribute))
