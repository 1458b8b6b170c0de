"""The catalogues fit the code, and a translation takes what the text it stands for takes."""

from __future__ import annotations

import re
import string

import pytest
from babel.messages.catalog import Message

from tests.support import translations
from tests.support.translations import REGENERATE

LANGUAGES = pytest.mark.parametrize("language", translations.languages())
# What people see of these is complete; the rest may wait for its translation.
COMPLETE = ("recorder_app/ui/", "recorder_app/settings/", "recorder_app/errors.py")
PUNCTUATION = re.compile(r"[.:?]$")


def texts(messages: list[Message]) -> set[str]:
    return {str(message.id) for message in messages if message.id}


def fields(text: str) -> list[tuple[str, str, str]]:
    """Return the placeholders of `text` with how they are formatted."""
    return sorted(
        (name, spec or "", conversion or "")
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    )


def test_the_template_is_that_of_the_code() -> None:
    made = translations.written(translations.extracted(), is_template=True)
    assert translations.TEMPLATE.read_bytes() == made, f"run: {REGENERATE}"


@LANGUAGES
def test_a_translation_has_every_text_and_no_other(language: str) -> None:
    catalogue = translations.load(language)
    assert texts(list(catalogue)) == texts(list(translations.extracted())), f"run: {REGENERATE}"
    assert not catalogue.obsolete
    assert not any(message.fuzzy for message in catalogue if message.id)


@LANGUAGES
def test_what_is_shipped_is_what_is_written(language: str) -> None:
    shipped = translations.source(language).with_suffix(".mo").read_bytes()
    assert shipped == translations.compiled(translations.load(language)), f"run: {REGENERATE}"


@LANGUAGES
def test_windows_and_settings_are_translated(language: str) -> None:
    missing = [
        message.id
        for message in translations.load(language)
        if message.id
        and not message.string
        and any(place.startswith(COMPLETE) for place, _ in message.locations)
    ]
    assert missing == []


@LANGUAGES
def test_placeholders_and_punctuation_agree(language: str) -> None:
    for message in translations.load(language):
        if not message.id or not message.string:
            continue
        text, translated = str(message.id), str(message.string)
        assert fields(text) == fields(translated), text
        assert text.endswith("...") == translated.endswith("..."), text
        one, other = PUNCTUATION.search(text), PUNCTUATION.search(translated)
        assert (one and one[0]) == (other and other[0]), text


def test_no_text_is_put_together_before_it_is_marked() -> None:
    # Such a text would never be found in a catalogue.
    pattern = re.compile(r"\b(?:N_|translate)\(\s*f[\"']")
    for path in translations.PACKAGE.rglob("*.py"):
        assert not pattern.search(path.read_text(encoding="utf-8")), path
