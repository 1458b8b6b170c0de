"""Text as the search sees it: words without case and accents, and where they are in the text.

The index and the questions to it go through here, so both always agree. Scripts without gaps
between words (Chinese, Japanese, Thai and their like) are taken character by character: a
question's characters must then follow each other, which finds any part of a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Longer ones are cut: nobody types them, and a title of 10,000 letters is not worth its index.
LONGEST = 64

# Thai and Lao, Burmese, Khmer, kana, Han with its extensions, and pictures such as emoji.
_SINGLE = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0eff\u1000-\u109f\u1780-\u17d3"
    "\u3005-\u3007\u3031-\u3035\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff\u2600-\u27bf\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
# Signs that belong to the letter before them. Python counts them as the end of a word.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u0711\u0730-\u074a\u0900-\u0963\u0971-\u0dff"
    "\u0f18-\u0fbc\u135d-\u135f\u1a17-\u1a1b\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\ufe20-\ufe2f"
)
_WORD = re.compile(f"[{_SINGLE}]|(?:(?![{_SINGLE}])[^\\W_])(?:(?![{_SINGLE}])[^\\W_]|[{_MARKS}])*")
_ASCII_WORD = re.compile("[a-z0-9]+")
_IS_SINGLE = re.compile(f"[{_SINGLE}]")

# Accents and vowel points, and letters that Unicode does not take apart. Signs of Indian scripts
# stay: words differ by them.
_DROPPED = (
    *range(0x300, 0x370), *range(0x483, 0x48A), *range(0x591, 0x5C8), *range(0x610, 0x61B), 0x640,
    *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE), *range(0x1AB0, 0x1B00),
    *range(0x1DC0, 0x1E00), 0x200C, 0x200D, *range(0x20D0, 0x2100), *range(0xFE20, 0xFE30),
)  # fmt: skip
_FOLDED: dict[int, str | None] = dict.fromkeys(_DROPPED)
_FOLDED |= {ord(one): plain for one, plain in zip("øłđðħıŧأإآ", "olddhitااا", strict=True)}
_FOLDED |= {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th", ord("ʼ"): None}


def fold(text: str) -> str:
    """Return `text` without case, accents and forms such as wide letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_FOLDED)
    return unicodedata.normalize("NFC", plain)


def words(text: str) -> list[str]:
    """Return the folded words of `text` in their order."""
    if text.isascii():
        return [word[:LONGEST] for word in _ASCII_WORD.findall(text.lower())]
    return [word[:LONGEST] for word in fold(" ".join(_WORD.findall(text))).split()]


def located_words(
    text: str, start: int = 0, end: int | None = None
) -> Iterator[tuple[str, int, int]]:
    """Yield the folded words of a part of `text` with where each begins and ends."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        yield fold(match.group())[:LONGEST], match.start(), match.end()


def is_single(word: str) -> bool:
    """Return whether `word` is a character of a script without gaps between words."""
    return len(word) == 1 and _IS_SINGLE.match(word) is not None


def asked_words(text: str) -> list[tuple[str, ...]]:
    """Return what `text` asks for: words, and runs of single characters that belong together."""
    asked: list[tuple[str, ...]] = []
    ended = -1
    for match in _WORD.finditer(text):
        word = fold(match.group())[:LONGEST]
        if not word:
            continue
        if is_single(word) and asked and is_single(asked[-1][-1]) and match.start() == ended:
            asked[-1] += (word,)
        else:
            asked.append((word,))
        ended = match.end()
    return list(dict.fromkeys(asked))
