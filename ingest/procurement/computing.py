"""Which purchases of a whole country's bulk file concern computing: one stated rule.

Kept are all rows of a process of which any row names computers, accelerators, data centres or
what powers and cools them, or carries a code of such goods and services. The words are English;
codes (CPV, UNSPSC) hold in any language. What is left out is counted and the rule is named.
"""

import polars as pl

RULE = "names or codes of computing, data centres or their power and cooling"
WORDS = (
    r"(?i)\b(?:gpu|gpus|cpu|hpc|server|servers|supercomput\w*|high.performance comput\w*|comput\w+|"
    r"accelerator\w*|nvidia|amd|intel|ascend|tensor|machine learning|artificial intelligence|a\.?i\.|"
    r"data ?cent(?:re|er)s?|hosting|colocation|co-location|cloud|storage|hardware|workstation\w*|"
    r"information technology|ict|it equipment|network\w*|switches|rack|racks|infiniband|"
    r"semiconductor\w*|transformer|transformers|substation\w*|generators?|ups|uninterruptible|"
    r"chillers?|cooling|switchgear|a100|a800|a30|a40|h100|h200|h800|h20|b100|b200|b300|l4|l40s?|v100|"
    r"gb200|mi\d{3}x?|910b|rtx|dgx|hgx)\b"
)
# CPV 302 computers, 488 servers and information systems, 72 IT services, 324 networks, 311 and
# 312 generators, transformers and switchgear, 4251 cooling; UNSPSC 43 IT, 8111 computer services,
# 3912 power distribution, 2611 generators, 3225 and 3210 components.
CODES = r"(?i)(?:cpv:(?:302|488|72|324|311|312|4251))|(?:unspsc:(?:43|8111|3912|2611|3210))"


def concerning(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of the processes that concern computing."""
    text = pl.concat_str("title", "text", separator=" ", ignore_nulls=True)
    is_named = text.str.contains(WORDS) | pl.col("classification_codes").str.contains(CODES)
    return frame.filter(is_named.fill_null(value=False).any().over("process_id"))
