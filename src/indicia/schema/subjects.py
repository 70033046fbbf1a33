"""The tables of what is assessed beside facilities: trade lanes and organisations, each a `subject`."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import Column, Table
from indicia.schema.results import RESULTS

ASSESSED_KINDS = ("lane", "entity")
RIVAL_PLACES = (2, 3, 4, 5)
SUBJECT_RIVALS = tuple(f"{letter}{n}" for letter in "LE" for n in RIVAL_PLACES)
SUBJECT_VERDICTS = ("lead", "watch", "no lead", "reference lane", "listed")
SUBJECT = (
    Column("subject_kind", pl.String, "A lane or an organisation.", required=True, one_of=ASSESSED_KINDS),
    Column("subject_id", pl.String, "Which one: EXP>IMP in ISO 3166-1 alpha-3, or `entity_id` of `organisation`.", required=True),
)

SUBJECT_ASSESSMENT = Table(
    "subject_assessment",
    "assessments",
    "The hypotheses weighed for one lane (L1 to L5) or organisation (E1 to E5); a score is never a probability of wrongdoing.",
    ("subject_kind", "subject_id"),
    (
        *SUBJECT,
        Column("name", pl.String, "Its name.", required=True),
        Column("verdict", pl.String, "Lead, watch, no lead; reference lane or listed where the first hypothesis is not asked.", required=True, one_of=SUBJECT_VERDICTS),
        Column("is_admissible", pl.Boolean, "L1 or E1 can be asked.", required=True),
        Column("admissibility_reason", pl.String, "Why, in one sentence.", required=True),
        Column("licence_since_date", pl.Date, "For a lane, the first day on which some chip needed a licence where its goods go; earlier evidence does not count."),
        Column("prior_class", pl.String, "Which priors were used.", required=True),
        Column("support_bans", pl.Float64, "Support for the first hypothesis against its strongest rival, log10.", "bans", required=True),
        Column("strongest_rival", pl.String, "The rival that attains it.", required=True, one_of=SUBJECT_RIVALS),
        Column("evidence_bans", pl.Float64, "The part of support that evidence gives, without the prior.", "bans", required=True),
        Column("support_low_bans", pl.Float64, "Support with a fifth of the prior for the first hypothesis.", "bans", required=True),
        Column("support_high_bans", pl.Float64, "Support with five times that prior.", "bans", required=True),
        Column("is_prior_driven", pl.Boolean, "The verdict changes with the prior within those bounds.", required=True),
        Column("families_for_count", pl.Int64, "Families that favour the first hypothesis over its rivals together, each rival weighted by its prior.", "count", required=True),
        Column("families_asked_count", pl.Int64, "Families with flag or no flag here; below two no lead is possible.", "count", required=True),
        Column("computable_count", pl.Int64, "Indicators with flag or no flag.", "count", required=True),
        Column("applicable_count", pl.Int64, "Indicators that could apply.", "count", required=True),
        Column("coverage_share", pl.Float64, "Computable over applicable.", "share", required=True, at_least=0, at_most=1),
        Column("tests_count", pl.Int64, "Periods tried, over all evidence with a p-value that reaches it.", "count", required=True, at_least=0),
        Column("untested_count", pl.Int64, "Pieces of evidence with flag or no flag that have no p-value.", "count", required=True, at_least=0),
        Column("p_simes", pl.Float64, "Simes' p over these tests; null without tests.", at_least=0, at_most=1),
        Column("q_value", pl.Float64, "The least false discovery rate (Benjamini-Hochberg over all of its kind with tests) at which it stands out; null without tests.", at_least=0, at_most=1),
    ),
)
SUBJECT_FAMILY = Table(
    "subject_family",
    "assessments",
    "What one family of evidence does to the assessment of one lane or organisation; families that were asked.",
    ("subject_kind", "subject_id", "family"),
    (
        *SUBJECT,
        Column("family", pl.String, "The family.", required=True),
        Column("weight_bans", pl.Float64, "What it weighs for the first hypothesis against the strongest rival, clipped.", "bans", required=True),
        Column("support_without_bans", pl.Float64, "Support against the then strongest rival if the family had said nothing.", "bans", required=True),
        Column("rival_without", pl.String, "That rival.", required=True, one_of=SUBJECT_RIVALS),
        Column("verdict_without", pl.String, "The verdict then.", required=True, one_of=SUBJECT_VERDICTS),
    ),
)
SUBJECT_RIVAL = Table(
    "subject_rival",
    "assessments",
    "The first hypothesis of a lane or organisation against one rival.",
    ("subject_kind", "subject_id", "rival"),
    (
        *SUBJECT,
        Column("rival", pl.String, "The rival hypothesis.", required=True, one_of=SUBJECT_RIVALS),
        Column("prior_bans", pl.Float64, "log10 of the prior of the first hypothesis over the rival.", "bans", required=True),
        Column("evidence_bans", pl.Float64, "Sum over families, clipped.", "bans", required=True),
        Column("support_bans", pl.Float64, "Both together.", "bans", required=True),
    ),
)
SUBJECT_ITEM = Table(
    "subject_item",
    "assessments",
    "A piece of evidence as it counts for one lane or organisation: in bans for its first hypothesis over each rival.",
    ("subject_kind", "subject_id", "evidence_id"),
    (
        *SUBJECT,
        Column("evidence_id", pl.String, "The evidence.", required=True),
        Column("family", pl.String, "Family of the indicator.", required=True),
        Column("exposure_share", pl.Float64, "How likely it is the source of the signal.", "share", required=True, at_least=0, at_most=1),
        Column("exposure_basis", pl.String, "Why that weight.", required=True),
        Column("is_counted", pl.Boolean, "False where a stronger item of the same origin or indicator counts instead.", required=True),
        *(Column(f"over_{n}_bans", pl.Float64, f"log10 of the likelihood of L1 over L{n}, or E1 over E{n}, weighted.", "bans", required=True) for n in RIVAL_PLACES),
    ),
)
SUBJECT_RESULT = Table(
    "subject_result",
    "assessments",
    "One of four results per lane or organisation and indicator that can speak of it.",
    ("subject_kind", "subject_id", "indicator"),
    (
        *SUBJECT,
        Column("indicator", pl.String, "Code of the indicator.", required=True),
        Column("family", pl.String, "Its family.", required=True),
        Column("result", pl.String, "Flag, no flag, not applicable, or no data.", required=True, one_of=RESULTS),
        Column("evidence_count", pl.Int64, "Pieces of evidence behind it.", "count", required=True),
    ),
)
SUBJECT_TABLES = (SUBJECT_ASSESSMENT, SUBJECT_FAMILY, SUBJECT_RIVAL, SUBJECT_ITEM, SUBJECT_RESULT)
