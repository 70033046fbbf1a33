"""Seeded noise as names suffer it in customs records: one or two named kinds per name.

Synthetic: the kinds are those seen in shipping records (capitals, lost legal forms, abbreviations,
fields of 35 characters, ...); how often each occurs in a real file is not known.
"""

import re
from collections.abc import Callable
from hashlib import sha256

import numpy as np

from indicia.entities.validation.splits import END, START

Draw = np.random.Generator
WIDE, LONG_WORD, TWO_KINDS, SHOUTED, EACH_WORD = 35, 5, 0.4, 0.6, 0.7
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTER = {
    "communications": "COMM", "communication": "COMM", "group": "GRP", "services": "SRVCES",
    "service": "SRVCE", "technology": "TECH", "technologies": "TECH", "technical": "TECH",
    "electronics": "ELEC", "electronic": "ELEC", "electric": "ELEC", "international": "INTL",
    "industry": "IND", "industries": "IND", "industrial": "IND", "equipment": "EQPT",
    "science": "SCI", "scientific": "SCI", "institute": "INST", "research": "RES",
    "development": "DEV", "engineering": "ENGRG", "manufacturing": "MFG", "import": "IMP",
    "export": "EXP", "trading": "TRDG", "systems": "SYS", "system": "SYS", "information": "INFO",
    "instruments": "INSTR", "instrument": "INSTR", "university": "UNIV", "national": "NATL",
    "semiconductor": "SEMICON", "microelectronics": "MICROELEC", "enterprise": "ENT",
    "general": "GEN", "machinery": "MACH", "network": "NTWK", "academy": "ACAD",
    "aviation": "AVN", "materials": "MATL", "products": "PROD", "department": "DEPT",
    "laboratory": "LAB", "center": "CTR", "management": "MGMT", "transport": "TRANSP",
}  # fmt: skip
FORMS = (
    (r"(?i)\bco\.?,? ?ltd\.?$", ("CO LTD", "COLTD", "COMPANY LIMITED", "CO. LIMITED")),
    (r"(?i)\blimited liability company\b", ("LLC", "OOO")),
    (r"(?i)\b(open |public |closed )?joint stock company\b", ("JSC", "AO")),
    (r"(?i)\bcompany limited$", ("CO LTD", "CO., LTD.")),
    (r"(?i)\blimited$", ("LTD", "LTD.")),
    (r"(?i)\b(ltd|llc)\.?$", ("LIMITED", "L.L.C.")),
    (r"(?i)\bcorporation\b", ("CORP", "CORP.")),
    (r"(?i)\b(incorporated|inc\.?)$", ("INC", "INCORPORATED")),
    (r"(?i)\bcompany$", ("CO", "CO.")),
)
BRANCHES = (
    " SHANGHAI BRANCH", " BEIJING BR", " SHENZHEN BRANCH OFFICE", " (HONG KONG BRANCH)", " BRANCH NO 2",
    " DUBAI BRANCH", " REP OFFICE", " 1ST BRANCH",
)  # fmt: skip


def draw_for(seed: int, key: str) -> Draw:
    """A generator that depends on the seed and the key alone."""
    return np.random.default_rng([seed, int(sha256(key.encode()).hexdigest()[:12], 16)])


def _dropped(name: str, _draw: Draw) -> str | None:
    plain = re.sub(r"[.,]+", " ", name)
    plain = re.sub(r"\s+", " ", plain).strip()
    small = plain.lower()
    if found := re.match(END, small):
        return plain[: found.end(1)]
    if found := re.match(START, small):
        return plain[found.start(1) :]
    return None


def _other_form(name: str, draw: Draw) -> str | None:
    for pattern, shapes in FORMS:
        if re.search(pattern, name):
            shape = shapes[draw.integers(len(shapes))]
            return re.sub(pattern, shape, name, count=1)
    return None


def _typo(name: str, draw: Draw) -> str | None:
    words = [
        w for w in re.finditer(r"[A-Za-z]{5,}", name) if not re.match(END, f"x {w[0]}".lower())
    ]
    if not words:
        return None
    word = words[draw.integers(len(words))]
    at = int(draw.integers(word.start() + 1, word.end() - 1))
    kind = draw.integers(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    letter = LETTERS[draw.integers(26)]
    return name[:at] + letter + name[at + (kind == 2) :]  # noqa: PLR2004 -- replaced or put in


def _joined(name: str, draw: Draw) -> str | None:
    gaps = [m.end(1) for m in re.finditer(r"([A-Za-z]{3,}) (?=[A-Za-z]{3,})", name)]
    if not gaps:
        return None
    at = gaps[draw.integers(len(gaps))]
    return name[:at] + name[at + 1 :]


def _cut(name: str, _draw: Draw) -> str | None:
    return name[:WIDE].rstrip() if len(name) > WIDE else None


def _reordered(name: str, draw: Draw) -> str | None:
    """Words of the name itself turned round; the legal form stays where it is."""
    plain = re.sub(r"[,.]+", " ", name)
    words = re.findall(r"\([^)]*\)|\S+", plain)
    small = " ".join(words).lower()
    first = len(small[: found.start(1)].split()) if (found := re.match(START, small)) else 0
    last = len(small[: found.end(1)].split()) if (found := re.match(END, small)) else len(words)
    inner = words[first:last]
    if len(inner) < 3:  # noqa: PLR2004 -- two words turned round are another name
        return None
    if draw.integers(2):
        inner = [*inner[1:], inner[0]]
    else:
        at = int(draw.integers(len(inner) - 1))
        inner[at], inner[at + 1] = inner[at + 1], inner[at]
    return " ".join([*words[:first], *inner, *words[last:]])


def _shortened(name: str, draw: Draw) -> str | None:
    found = [m for m in re.finditer(r"[A-Za-z]+", name) if m[0].lower() in SHORTER]
    if not found:
        return None
    sure = int(draw.integers(len(found)))
    for at, word in reversed(list(enumerate(found))):
        if at == sure or draw.random() < EACH_WORD:
            name = name[: word.start()] + SHORTER[word[0].lower()] + name[word.end() :]
    return name


def _branch(name: str, draw: Draw) -> str | None:
    return name + BRANCHES[draw.integers(len(BRANCHES))]


def _marks(name: str, draw: Draw) -> str | None:
    plain = name.replace("&", "and") if draw.integers(2) else name.replace(" and ", " & ")
    plain = re.sub(r"[.,()'\"]", " " if draw.integers(2) else "", plain)
    return re.sub(r"\s+", " ", plain).strip().upper()


KINDS: dict[str, Callable[[str, Draw], str | None]] = {
    "legal form dropped": _dropped,
    "legal form changed": _other_form,
    "one typo": _typo,
    "words joined": _joined,
    "words reordered": _reordered,
    "words abbreviated": _shortened,
    "branch added": _branch,
    "marks and case": _marks,
    "cut at 35 characters": _cut,
}
CUT, TURNED = "cut at 35 characters", "words reordered"


def noisy(name: str, draw: Draw) -> tuple[str, tuple[str, ...]]:
    """The name as a record may hold it, and the kinds of noise put on it.

    Every kind that applies is as likely as any other; four in ten names are given a second kind.
    Kinds are put on in the order of `KINDS`, a cut last and never on words turned round. Six in ten names are written in capitals.
    """
    fits = [k for k, change in KINDS.items() if change(name, draw) not in {None, name}]
    wanted = min(len(fits), 2 if draw.random() < TWO_KINDS else 1)
    chosen = {fits[n] for n in draw.permutation(len(fits))[:wanted]}
    if CUT in chosen:
        chosen.discard(TURNED)
    text = name
    done: list[str] = []
    for kind in (k for k in KINDS if k in chosen):
        changed = KINDS[kind](text, draw)
        if changed is not None and changed != text:
            text, done = changed, [*done, kind]
    return (text.upper() if draw.random() < SHOUTED else text), tuple(done)
