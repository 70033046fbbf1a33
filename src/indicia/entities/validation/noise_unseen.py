"""Further kinds of noise, kept from whoever set the matcher's rules: used for the final figure alone.

Titles before names are known since: a rule was written for them after the first figure.
"""

import re
from collections.abc import Callable

from indicia.entities.validation.noise import LETTERS, LONG_WORD, Draw

BEFORE = ("M/S ", "MESSRS ", "C/O ", "TO ORDER OF ", "ATTN ")
AFTER = (" CHINA", " HONG KONG", " RUSSIA", ", SHENZHEN", ", DUBAI UAE", " EXPORT DEPT")
READ = {"o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "e": "c", "m": "rn", "w": "vv"}
VOWELS = "aeiouAEIOU"
LEAST_WORDS = 3


def _words(name: str) -> list[re.Match[str]]:
    return [w for w in re.finditer(r"[A-Za-z]+", name) if len(w[0]) >= LONG_WORD]


def _put(name: str, word: re.Match[str], text: str) -> str:
    return name[: word.start()] + text + name[word.end() :]


def _titled(name: str, draw: Draw) -> str | None:
    return BEFORE[draw.integers(len(BEFORE))] + name


def _placed(name: str, draw: Draw) -> str | None:
    return name + AFTER[draw.integers(len(AFTER))]


def _misread(name: str, draw: Draw) -> str | None:
    at = [n for n, letter in enumerate(name) if letter.lower() in READ]
    if not at:
        return None
    n = at[draw.integers(len(at))]
    return name[:n] + READ[name[n].lower()] + name[n + 1 :]


def _lost(name: str, _draw: Draw) -> str | None:
    words = name.split()
    return " ".join(words[:-1]) if len(words) > LEAST_WORDS else None


def _without_vowels(name: str, draw: Draw) -> str | None:
    words = _words(name)
    if not words:
        return None
    word = words[draw.integers(len(words))]
    kept = word[0][0] + "".join(c for c in word[0][1:] if c not in VOWELS)
    return _put(name, word, kept)


def _split(name: str, draw: Draw) -> str | None:
    words = _words(name)
    if not words:
        return None
    word = words[draw.integers(len(words))]
    at = int(draw.integers(2, len(word[0]) - 1))
    return _put(name, word, f"{word[0][:at]} {word[0][at:]}")


def _twice(name: str, draw: Draw) -> str | None:
    """A wrong letter in each of two words."""
    words = _words(name)
    if len(words) < 2:  # noqa: PLR2004 -- two words
        return None
    for n in sorted(draw.permutation(len(words))[:2], reverse=True):
        word = words[int(n)]
        at = int(draw.integers(1, len(word[0])))
        wrong = word[0][:at] + LETTERS[draw.integers(26)] + word[0][at + 1 :]
        name = _put(name, word, wrong)
    return name


UNSEEN: dict[str, Callable[[str, Draw], str | None]] = {
    "title before the name": _titled,
    "place or office after it": _placed,
    "letter misread by machine": _misread,
    "last word lost": _lost,
    "vowels of a word left out": _without_vowels,
    "word broken in two": _split,
    "two typos": _twice,
}


def unseen(name: str, draw: Draw) -> tuple[str, tuple[str, ...]]:
    """The name in capitals with one of these kinds, each that applies as likely as any other."""
    changed = {kind: change(name, draw) for kind, change in UNSEEN.items()}
    fits = [kind for kind, text in changed.items() if text not in {None, name}]
    kind = fits[draw.integers(len(fits))]
    return str(changed[kind]).upper(), (kind,)
