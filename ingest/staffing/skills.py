"""Which group of skills a title belongs to: one list of words for boards, counts and filings.

A title counts in the first group whose words occur in it, in the order of `SKILLS`.
"""

import polars as pl

SKILLS = (
    ("domestic_stack", r"(?i)\b(?:cann|mindspore|ascend|cambricon)\b|昇腾|寒武纪"),
    ("gpu", r"(?i)\b(?:gpus?|cuda|hpc|accelerators?|clusters?|supercomput\w*)\b"),
    ("network", r"(?i)\b(?:infiniband|roce|network fabrics?)\b"),
    (
        "datacentre",
        (
            r"(?i)\bdata ?cent(?:er|re)s?\b|\bfacilit(?:y|ies)\b|数据中心"
            r"|\b(?:electrical|mechanical|power|cooling)\b.*\bengineer"
        ),
    ),
)
OTHER = "other"
GROUPS = (*(name for name, _ in SKILLS), OTHER)


def skill_group(words: pl.Expr) -> pl.Expr:
    """The group of a title, with the department where one is stated."""
    found = [
        pl.when(words.str.contains(pattern)).then(pl.lit(name)) for name, pattern in SKILLS
    ]
    return pl.coalesce(*found, pl.lit(OTHER))
