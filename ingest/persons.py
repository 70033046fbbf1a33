"""Withholding natural persons' names and e-mail addresses from columns that should name firms.

The rule is `entities/csl_names`: two to six capitalised words without an organisation's word,
number or acronym; and two to four Chinese characters without one.
"""

from collections.abc import Sequence

import polars as pl

from ingest.entities.csl_names import is_apparent_person

WITHHELD = "(withheld)"
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
HAN_PERSON = r"^\p{Han}{2,4}$"
HAN_ORGANISATION = r"(?:公司|厂|廠|集团|集團|中心|研究|大学|大學|学院|學院|银行|銀行|科技|电子|電子|局|所|院|社|店|行)$"


def without_persons(
    names: pl.Series, no_person: str = "", words: Sequence[str] = ()
) -> pl.Series:
    """Names with apparent persons withheld; each distinct name is judged once.

    Args:
        names: The column: files name the same few firms again and again.
        no_person: Pattern of what is no person's name in this kind of file.
        words: Words that mark an organisation, as the user says.
    """
    name = pl.col("name")
    trimmed = name.str.strip_chars()
    person = is_apparent_person(trimmed, pl.lit(""))
    if no_person:
        person = person & ~trimmed.str.contains(no_person)
    han = trimmed.str.contains(HAN_PERSON) & ~trimmed.str.contains(HAN_ORGANISATION)
    for word in words:
        person = person & ~trimmed.str.to_lowercase().str.contains(word.lower(), literal=True)
    is_person = (person | han | name.str.contains(EMAIL)).fill_null(value=False)
    persons = pl.DataFrame({"name": names.unique()}).filter(is_person)["name"]
    if not persons.len():
        return names
    marked = pl.when(name.is_in(persons.implode())).then(pl.lit(WITHHELD)).otherwise(name)
    return pl.DataFrame({"name": names}).select(marked.alias(names.name)).to_series()


def without_emails(cells: pl.Series) -> pl.Series:
    """Cells with e-mail addresses withheld."""
    has_any = cells.str.contains("@", literal=True).any()
    return cells.str.replace_all(EMAIL, WITHHELD) if has_any else cells
