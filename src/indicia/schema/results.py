"""The tables we write ourselves: runs and their issues, evidence and assessments."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import UTC, Column, Table
from indicia.schema.observations import FACILITY_ID, SCOPES

WAYS = ("live", "file", "starter")
OUTCOMES = ("loaded", "unchanged", "failed", "not configured", "budget spent")
SEVERITIES = ("error", "warning", "notice")
RESULTS = ("flag", "no_flag", "not_applicable", "no_data")
VERDICTS = ("lead", "watch", "no lead", "reference site")

FETCH = Table(
    "fetch",
    "runs",
    "One body that was read: from where, when, and the hash under which it is archived.",
    ("fetch_id",),
    (
        Column("fetch_id", pl.String, "Id of the fetch.", required=True),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("way", pl.String, "Live, from a file, or from the starter data.", required=True, one_of=WAYS),
        Column("url", pl.String, "Address or file name, keys removed.", required=True),
        Column("fetched_utc", UTC, "When it was read.", required=True),
        Column("published_utc", UTC, "When its publisher published it, where stated."),
        Column("status_code", pl.Int64, "HTTP status; null for files."),
        Column("media_type", pl.String, "Content type as served."),
        Column("etag", pl.String, "Entity tag as served."),
        Column("last_modified_utc", UTC, "When the body last changed, as served."),
        Column("sha256", pl.String, "Hash of the archived body.", required=True),
        Column("original_sha256", pl.String, "Hash of the body as served; differs where it was redacted.", required=True),
        Column("body_bytes", pl.Int64, "Size of the archived body.", "bytes", required=True),
    ),
)
LOADED = Table(
    "loaded",
    "runs",
    "Which tables a body spoke for: the mark that it is in the store.",
    ("fetch_id", "table_name"),
    (
        Column("fetch_id", pl.String, "The fetch.", required=True),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("table_name", pl.String, "The table.", required=True),
        Column("public_utc", UTC, "When the body as a whole was public.", required=True),
        Column("rows_count", pl.Int64, "Rows it held.", "count", required=True),
    ),
)
RUN = Table(
    "run",
    "runs",
    "One run of one job: what came in, what was kept, how it ended.",
    ("run_id",),
    (
        Column("run_id", pl.String, "Id of the run.", required=True),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("way", pl.String, "Live, from a file, or from the starter data.", required=True, one_of=WAYS),
        Column("started_utc", UTC, "Start.", required=True),
        Column("finished_utc", UTC, "End.", required=True),
        Column("outcome", pl.String, "How it ended.", required=True, one_of=OUTCOMES),
        Column("rows_in_count", pl.Int64, "Records read.", "count", required=True),
        Column("rows_kept_count", pl.Int64, "Rows that fit their tables.", "count", required=True),
        Column("rows_rejected_count", pl.Int64, "Records rejected, each with a reason in `issue`.", "count", required=True),
        Column("added_count", pl.Int64, "Keys seen for the first time.", "count", required=True),
        Column("changed_count", pl.Int64, "Keys whose value changed.", "count", required=True),
        Column("vanished_count", pl.Int64, "Keys no longer published: tombstones.", "count", required=True),
        Column("message", pl.String, "The error, where it failed."),
    ),
)
ISSUE = Table(
    "issue",
    "runs",
    "What a run found wrong: where, what was expected, what was received, what to do.",
    (),
    (
        Column("run_id", pl.String, "The run.", required=True),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("seen_utc", UTC, "When.", required=True),
        Column("severity", pl.String, "Error stops the load; warning and notice do not.", required=True, one_of=SEVERITIES),
        Column("rule", pl.String, "Short constant name of the rule.", required=True),
        Column("place", pl.String, "File, row and field.", required=True),
        Column("expected", pl.String, "What the format promises."),
        Column("received", pl.String, "What was found."),
        Column("remedy", pl.String, "What to do."),
        Column("rows_count", pl.Int64, "Rows concerned.", "count", required=True),
    ),
)
EVIDENCE = Table(
    "evidence",
    "assessments",
    "The result of one indicator at the scope where its signal is seen.",
    ("evidence_id",),
    (
        Column("evidence_id", pl.String, "Id, made from indicator, scope and period.", required=True),
        Column("indicator", pl.String, "Code of the indicator.", required=True),
        Column("scope_kind", pl.String, "What the signal is seen at.", required=True, one_of=SCOPES),
        Column("scope_id", pl.String, "Which one.", required=True),
        Column("result", pl.String, "Flag, no flag, not applicable, or no data.", required=True, one_of=RESULTS),
        Column("kind", pl.String, "The row of the likelihood table this counts as.", required=True),
        Column("observed_value", pl.Float64, "What was computed, in `unit`."),
        Column("threshold_value", pl.Float64, "What it was held against, in `unit`."),
        Column("unit", pl.String, "Unit of both."),
        Column("statement", pl.String, "One plain sentence.", required=True),
        Column("starts_date", pl.Date, "Start of the period the signal lies in."),
        Column("ends_date", pl.Date, "End of that period."),
        Column("origin_id", pl.String, "Opaque origin; echoes share it.", required=True),
        Column("reliability", pl.String, "Weakest Admiralty grade among its sources."),
        Column("quality_share", pl.Float64, "Data quality, 0 to 1.", "share", at_least=0, at_most=1),
        Column("detectability_share", pl.Float64, "Chance that the source would have shown the signal, 0 to 1.", "share", at_least=0, at_most=1),
        Column("p_value", pl.Float64, "Chance that noise alone looks as strong over all periods tried, above 0; null where the indicator has no null model or too few series are at hand.", at_least=0, at_most=1),
        Column("p_basis", pl.String, "What `p_value` was computed from, or why there is none; null without a null model."),
        Column("tests_count", pl.Int64, "Periods that were tried for it; null without a null model.", "count", at_least=1),
    ),
)
EVIDENCE_SOURCE = Table(
    "evidence_source",
    "assessments",
    "An observation that a piece of evidence rests on.",
    (),
    (
        Column("evidence_id", pl.String, "The evidence.", required=True),
        Column("table_name", pl.String, "Table of the observation.", required=True),
        Column("row_key", pl.String, "Its key, as name=value joined by `, `.", required=True),
        Column("quote", pl.String, "The value or words it rests on."),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("source_url", pl.String, "Where a person can read it."),
        Column("fetch_id", pl.String, "The archived body that holds it.", required=True),
    ),
)
RIVALS = ("H2", "H3", "H4", "H5", "H6", "H7", "H8")
ITEM = Table(
    "item",
    "assessments",
    "A piece of evidence as it counts for one facility: in bans for H1 against each rival.",
    ("facility_id", "evidence_id"),
    (
        FACILITY_ID,
        Column("evidence_id", pl.String, "The evidence.", required=True),
        Column("family", pl.String, "Family of the indicator.", required=True),
        Column("exposure_share", pl.Float64, "Probability that this facility is the source of the signal.", "share", required=True, at_least=0, at_most=1),
        Column("exposure_basis", pl.String, "Why that weight.", required=True),
        Column("is_counted", pl.Boolean, "False where a stronger item of the same origin counts instead.", required=True),
        *(Column(f"{k.lower()}_bans", pl.Float64, f"log10 of the likelihood of H1 over {k}, weighted.", "bans", required=True) for k in RIVALS),
    ),
)
INDICATOR_RESULT = Table(
    "indicator_result",
    "assessments",
    "One of four results per facility and indicator.",
    ("facility_id", "indicator"),
    (
        FACILITY_ID,
        Column("indicator", pl.String, "Code of the indicator.", required=True),
        Column("family", pl.String, "Its family.", required=True),
        Column("result", pl.String, "Flag, no flag, not applicable, or no data.", required=True, one_of=RESULTS),
        Column("evidence_count", pl.Int64, "Pieces of evidence behind it.", "count", required=True),
    ),
)
ASSESSMENT = Table(
    "assessment",
    "assessments",
    "The hypotheses weighed for one facility; a score is never a probability of wrongdoing.",
    ("facility_id",),
    (
        FACILITY_ID,
        Column("verdict", pl.String, "Lead, watch, no lead, or reference site.", required=True, one_of=VERDICTS),
        Column("is_admissible", pl.Boolean, "Some chip would have needed a licence for this destination and owner.", required=True),
        Column("admissibility_reason", pl.String, "Why, in one sentence.", required=True),
        Column("prior_class", pl.String, "Which priors were used.", required=True),
        Column("is_prior_stated", pl.Boolean, "False where the class has no stated prior and all three were tried.", required=True),
        Column("support_bans", pl.Float64, "Support for H1 against its strongest rival, log10.", "bans", required=True),
        Column("strongest_rival", pl.String, "The rival that attains it.", required=True),
        Column("evidence_bans", pl.Float64, "The part of support that evidence gives, without the prior.", "bans", required=True),
        Column("support_low_bans", pl.Float64, "Support with a fifth of the prior for H1.", "bans", required=True),
        Column("support_high_bans", pl.Float64, "Support with five times the prior for H1.", "bans", required=True),
        Column("is_prior_driven", pl.Boolean, "The verdict changes with the prior within those bounds.", required=True),
        Column("families_for_count", pl.Int64, "Independent families that favour H1 over its rivals together, each rival weighted by its prior.", "count", required=True),
        Column("computable_count", pl.Int64, "Indicators with flag or no flag.", "count", required=True),
        Column("applicable_count", pl.Int64, "Indicators that could apply.", "count", required=True),
        Column("coverage_share", pl.Float64, "Computable over applicable.", "share", required=True, at_least=0, at_most=1),
        Column("next_indicator", pl.String, "The missing indicator whose answer is expected to move support most; the first of `next_evidence`."),
        Column("next_gain_bans", pl.Float64, "By how much, either way, on average over its possible answers.", "bans"),
        Column("doubt_evidence_id", pl.String, "The counted item that speaks most against H1 beside the strongest rival."),
        Column("doubt_bans", pl.Float64, "What it weighs against that rival; below 0.", "bans", at_most=0),
        Column("tests_count", pl.Int64, "Periods tried, over all evidence with a p-value that reaches the facility.", "count", required=True, at_least=0),
        Column("untested_count", pl.Int64, "Pieces of evidence with flag or no flag that have no p-value.", "count", required=True, at_least=0),
        Column("p_simes", pl.Float64, "Simes' p over these tests, none of them stronger than its exposure permits; null without tests.", at_least=0, at_most=1),
        Column("q_value", pl.Float64, "The least false discovery rate (Benjamini-Hochberg over all facilities with tests) at which the facility stands out; null without tests.", at_least=0, at_most=1),
    ),
)
ASSESSMENT_RIVAL = Table(
    "assessment_rival",
    "assessments",
    "H1 against one rival for one facility.",
    ("facility_id", "rival"),
    (
        FACILITY_ID,
        Column("rival", pl.String, "The rival hypothesis.", required=True, one_of=RIVALS),
        Column("prior_bans", pl.Float64, "log10 of the prior of H1 over the rival.", "bans", required=True),
        Column("evidence_bans", pl.Float64, "Sum over families, clipped.", "bans", required=True),
        Column("support_bans", pl.Float64, "Both together.", "bans", required=True),
    ),
)
ASSESSMENT_FAMILY = Table(
    "assessment_family",
    "assessments",
    "What one family of evidence does to the assessment of one facility, and what would be left without it.",
    ("facility_id", "family"),
    (
        FACILITY_ID,
        Column("family", pl.String, "The family.", required=True),
        Column("weight_bans", pl.Float64, "What it weighs for H1 against the strongest rival, clipped.", "bans", required=True),
        Column("support_without_bans", pl.Float64, "Support against the then strongest rival if the family had said nothing.", "bans", required=True),
        Column("rival_without", pl.String, "That rival.", required=True, one_of=RIVALS),
        Column("verdict_without", pl.String, "The verdict then.", required=True, one_of=VERDICTS),
    ),
)
NEXT_EVIDENCE = Table(
    "next_evidence",
    "assessments",
    "What would be worth knowing next of one facility: missing indicators by how far their answer is expected to move support.",
    ("facility_id", "place"),
    (
        FACILITY_ID,
        Column("place", pl.Int64, "1 for the indicator that is expected to move support most.", required=True, at_least=1),
        Column("indicator", pl.String, "The indicator, which has no data here.", required=True),
        Column("expected_change_bans", pl.Float64, "How far support moves, either way, on average over its answers.", "bans", required=True, at_least=0),
        Column("flag_share", pl.Float64, "Chance of a flag under the weights of the explanations as they stand.", "share", required=True, at_least=0, at_most=1),
        Column("flag_change_bans", pl.Float64, "Change of support if it flagged.", "bans", required=True),
        Column("no_flag_change_bans", pl.Float64, "Change of support if it did not.", "bans", required=True),
    ),
)
TEST_RUN = Table(
    "test_run",
    "assessments",
    "How much one indicator tried in this release, shown or not: what false discovery control counts.",
    ("indicator",),
    (
        Column("indicator", pl.String, "Code of the indicator.", required=True),
        Column("evidence_count", pl.Int64, "Scopes with flag or no flag.", "count", required=True),
        Column("flag_count", pl.Int64, "Of these, flags.", "count", required=True),
        Column("with_p_count", pl.Int64, "Of these, scopes with a p-value.", "count", required=True),
        Column("tests_count", pl.Int64, "Periods tried at scopes with a p-value.", "count", required=True),
        Column("smallest_p", pl.Float64, "The smallest p-value of any scope; null without any.", at_least=0, at_most=1),
    ),
)
RUNS = (FETCH, LOADED, RUN, ISSUE)
ASSESSMENTS = (EVIDENCE, EVIDENCE_SOURCE, ITEM, INDICATOR_RESULT, ASSESSMENT, ASSESSMENT_RIVAL, ASSESSMENT_FAMILY, NEXT_EVIDENCE, TEST_RUN)
