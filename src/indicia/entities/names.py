"""Names of organisations made comparable: one spelling for width, case, punctuation, legal form.

Two names that normalise alike are written alike; whether they are one organisation is for evidence
(country, address, registry id) and a person to say. Words inside a name are never dropped, so that
sister companies (`Zhuhai X`, `Shanghai X`) stay apart.
"""

import polars as pl

SEPARATE_LETTERS = (
    "s a",
    "s p a",
    "s r l",
    "s a r l",
    "s a s",
    "l l c",
    "l l p",
    "l p",
    "p l c",
)
LATIN_FORMS = (
    *SEPARATE_LETTERS,
    "g m b h", "b v", "n v", "k k", "a g", "a b", "a s",
    "joint stock company", "kabushiki kaisha", "sdn bhd", "private limited",
    "ab", "ag", "aps", "as", "asa", "bhd", "berhad", "bv", "cjsc", "co", "company", "corp",
    "corporation", "dmcc", "fzc", "fzco", "fze", "fz", "gmbh", "inc", "incorporated", "jsc", "kg",
    "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "nv", "ojsc", "oy", "oyj", "pjsc", "plc",
    "private", "pte", "pty", "pvt", "sa", "sarl", "sas", "sdn", "se", "sl", "spa", "srl", "tbk",
    "ulc",
)  # fmt: skip
HAN_FORMS = (
    "股份有限公司", "有限责任公司", "有限責任公司", "有限公司", "股份公司", "株式会社", "公司",
)  # fmt: skip
# One such word alone names nobody in particular: a match on it needs the country to agree.
COMMON_WORDS = frozenset(
    {
        "advance", "advanced", "aerospace", "alliance", "alpha", "apex", "asia", "atlas",
        "aurora", "aviation", "bright", "capital", "china", "city", "cloud", "compute",
        "computing", "crown", "data", "delta", "digital", "dragon", "eagle", "east",
        "electronics", "energy", "engineering", "enterprise", "enterprises", "express",
        "falcon", "future", "galaxy", "general", "global", "gold", "golden", "grand",
        "group", "harbour", "holding", "holdings", "horizon", "hong", "kong", "industrial",
        "industries", "infinity", "innovation", "institute", "international", "link",
        "logistics", "marine", "matrix", "mega", "micro", "national", "network", "networks",
        "nexus", "nova", "ocean", "omega", "orient", "oriental", "pacific", "phoenix",
        "pioneer", "power", "precision", "prime", "pro", "rainbow", "resources", "royal",
        "science", "semiconductor", "services", "silicon", "sky", "smart", "solar",
        "solutions", "spark", "star", "sun", "sunrise", "supreme", "systems", "tech",
        "technologies", "technology", "telecom", "trading", "transport", "trust", "union",
        "united", "universal", "university", "venture", "victory", "vision", "wave", "west",
        "wing", "world",
    }
)  # fmt: skip
SHORTEST_LATIN = 5
SHORTEST_HAN = 3

_LATIN_END = rf"^(.+?)(?:\s+(?:{'|'.join(LATIN_FORMS)}))+$"
_HAN_END = rf"^(.+?)(?:{'|'.join(HAN_FORMS)})$"


def normalised(name: pl.Expr) -> pl.Expr:
    """The comparable form of every name in a column; empty where nothing but marks is left."""
    return (
        name.str.replace_all(r"\p{Cf}", "")
        .str.normalize("NFKD")
        .str.replace_all(r"[\u{300}-\u{36F}'\u{2019}`]", "")
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("ß", "ss", literal=True)
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.replace_all(r"(\p{Han})\s+", "$1")
        .str.replace_all(r"\s+(\p{Han})", "$1")
        .str.strip_chars()
        .str.replace(_LATIN_END, "$1")
        .str.replace(_HAN_END, "$1")
        .str.strip_chars()
    )


def needs_country(form: pl.Expr) -> pl.Expr:
    """Whether a normalised name is too short or too common to stand without a country."""
    is_han = form.str.contains(r"\p{Han}")
    letters = form.str.replace_all(" ", "", literal=True).str.len_chars()
    too_short = pl.when(is_han).then(letters < SHORTEST_HAN).otherwise(letters < SHORTEST_LATIN)
    return too_short | form.is_in(list(COMMON_WORDS))


def normalise(name: str) -> str:
    """The comparable form of one name.

    >>> normalise("EXAMPLE Widgets & Sons Co., Ltd.")
    'example widgets and sons'
    """
    form: str = pl.select(normalised(pl.lit(name))).item()
    return form
