"""The tables of who is who: organisations as sources name them, how they meet, and what people decided."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import UTC, Column, Table

RECORD_KINDS = (
    "listed", "register", "party", "buyer", "supplier", "shipper", "consignee", "notify", "employer",
    "institution", "developer", "event",
)  # fmt: skip
SPELLINGS = ("main", "alias", "previous", "alternative", "transliterated", "trading", "abbreviation", "label")
METHODS = ("registry id", "same name", "same alias", "address", "similar name", "romanised name", "alias table", "stated link", "judgement")
DECISIONS = ("same", "possible", "different", "near")
VERDICTS_OF_PEOPLE = ("match", "no match", "unsure")
SUBJECTS = ("organisation", "facility")
LEVELS = ("campus", "building", "place")

PARTY_RECORD = Table(
    "party_record",
    "assessments",
    "One organisation as one source names it: a listing, a register entry, or a name in a record.",
    ("record_id",),
    (
        Column("record_id", pl.String, "Id of the record: the publisher's (LEI:..., EL:...) or made from kind, name and country.", required=True),
        Column("entity_id", pl.String, "The organisation it is taken to be, as in `organisation`.", required=True),
        Column("kind", pl.String, "What the record is.", required=True, one_of=RECORD_KINDS),
        Column("name", pl.String, "Name as published.", required=True),
        Column("countries_iso2", pl.String, "Countries its source states for it, joined by `;`."),
        Column("seen_in_iso2", pl.String, "Countries of the places, notices or shipments it is named in, joined by `;`; not its seat."),
        Column("address", pl.String, "Addresses as published, joined by `; `."),
        Column("registry_ids", pl.String, "Ids in public registers as scheme:id, joined by `; `."),
        Column("list_code", pl.String, "The screening list, for a listing."),
        Column("listed_date", pl.Date, "Day the listing took effect."),
        Column("founded_date", pl.Date, "Day of foundation, as registered."),
        Column("first_date", pl.Date, "First day it is named on, where records are dated."),
        Column("last_date", pl.Date, "Last day it is named on."),
        Column("records_count", pl.Int64, "Rows that name it so.", "count", required=True, at_least=1),
        Column("table_name", pl.String, "Table of the rows.", required=True),
        Column("row_key", pl.String, "Key of one of them, as name=value joined by `, `.", required=True),
        Column("source", pl.String, "The source, as family/name.", required=True),
        Column("source_url", pl.String, "Where a person can read it."),
        Column("fetch_id", pl.String, "The archived body that holds it.", required=True),
        Column("origin_id", pl.String, "Opaque origin of the row.", required=True),
        Column("reliability", pl.String, "Admiralty grade of the row."),
    ),
)
PARTY_NAME = Table(
    "party_name",
    "assessments",
    "One spelling of a party record, as published and as compared.",
    ("record_id", "name", "spelling"),
    (
        Column("record_id", pl.String, "The record, as in `party_record`.", required=True),
        Column("name", pl.String, "The name as published.", required=True),
        Column("spelling", pl.String, "Main name, or what kind of other name.", required=True, one_of=SPELLINGS),
        Column("form", pl.String, "The comparable form: one width and case, no punctuation, no legal form.", required=True),
    ),
)
ORGANISATION = Table(
    "organisation",
    "assessments",
    "What is taken to be one organisation: records that meet by more than a name.",
    ("entity_id",),
    (
        Column("entity_id", pl.String, "Id: that of its best record (register, listing, then the rest); other records' ids lead here.", required=True),
        Column("name", pl.String, "Name of its best record.", required=True),
        Column("countries_iso2", pl.String, "Countries its records state, joined by `;`."),
        Column("is_listed", pl.Boolean, "One of its records is a listing.", required=True),
        Column("is_site_party", pl.Boolean, "One of its records is an owner, operator, user or builder of a facility.", required=True),
        Column("records_count", pl.Int64, "Records.", "count", required=True, at_least=1),
        Column("sources_count", pl.Int64, "Sources they come from.", "count", required=True, at_least=1),
    ),
)
ENTITY_EDGE = Table(
    "entity_edge",
    "assessments",
    "Where two party records meet, how, and what follows: the same, possibly the same, different, or only near.",
    ("left_id", "right_id", "method"),
    (
        Column("left_id", pl.String, "One record; before `right_id` in alphabetical order.", required=True),
        Column("right_id", pl.String, "The other.", required=True),
        Column("method", pl.String, "How they meet.", required=True, one_of=METHODS),
        Column("decision", pl.String, "Same, possibly the same, different (a person said so), or near: not the same, but connected (a shared address).", required=True, one_of=DECISIONS),
        Column("score_share", pl.Float64, "How alike they are by that method, 0 to 1; not a probability.", "share", required=True, at_least=0, at_most=1),
        Column("left_value", pl.String, "What was compared on the left, as published.", required=True),
        Column("right_value", pl.String, "What was compared on the right, as published.", required=True),
        Column("features", pl.String, "What the score is made of, as JSON.", required=True),
        Column("why", pl.String, "One plain sentence.", required=True),
        Column("left_source", pl.String, "Source of the left record.", required=True),
        Column("right_source", pl.String, "Source of the right record.", required=True),
    ),
)
JUDGEMENT = Table(
    "judgement",
    "assessments",
    "What a person decided on two records, as the journal held it when the store was built; the last one counts.",
    ("judgement_id",),
    (
        Column("judgement_id", pl.Int64, "Number in the journal.", required=True),
        Column("subject", pl.String, "Organisations or facilities.", required=True, one_of=SUBJECTS),
        Column("left_id", pl.String, "One record or facility; before `right_id` in alphabetical order.", required=True),
        Column("right_id", pl.String, "The other.", required=True),
        Column("verdict", pl.String, "Match, no match, or unsure.", required=True, one_of=VERDICTS_OF_PEOPLE),
        Column("reason", pl.String, "Why, in the person's words.", required=True),
        Column("judged_by", pl.String, "Role or initials of the person; never a full name.", required=True),
        Column("judged_utc", UTC, "When.", required=True),
    ),
)
FACILITY_EDGE = Table(
    "facility_edge",
    "assessments",
    "Where two published facilities meet, how, and what follows.",
    ("left_id", "right_id"),
    (
        Column("left_id", pl.String, "One published facility_id; before `right_id` in alphabetical order.", required=True),
        Column("right_id", pl.String, "The other.", required=True),
        Column("decision", pl.String, "Same, possibly the same, different (a person said so), or near: a building of a campus.", required=True, one_of=DECISIONS),
        Column("score_share", pl.Float64, "How alike they are, 0 to 1; not a probability.", "share", required=True, at_least=0, at_most=1),
        Column("distance_m", pl.Float64, "Great-circle distance, where both are known as sites.", "m", at_least=0),
        Column("name_share", pl.Float64, "Likeness of the names.", "share", at_least=0, at_most=1),
        Column("party_share", pl.Float64, "Likeness of the best pair of parties; null where one names none.", "share", at_least=0, at_most=1),
        Column("left_value", pl.String, "Name, place and parties on the left.", required=True),
        Column("right_value", pl.String, "Name, place and parties on the right.", required=True),
        Column("why", pl.String, "One plain sentence.", required=True),
    ),
)
FACILITY_IDENTITY = Table(
    "facility_identity",
    "assessments",
    "Which facility a published id stands for: itself, or the one it was found to be the same as.",
    ("published_id",),
    (
        Column("published_id", pl.String, "facility_id as a source gives it.", required=True),
        Column("facility_id", pl.String, "The facility it stands for; links to the published id lead here.", required=True),
        Column("level", pl.String, "Campus, building, or a place known no closer.", required=True, one_of=LEVELS),
        Column("campus_id", pl.String, "facility_id of the campus it is a building of, where that is known."),
    ),
)
RESOLVED = (PARTY_RECORD, PARTY_NAME, ORGANISATION, ENTITY_EDGE, JUDGEMENT, FACILITY_EDGE, FACILITY_IDENTITY)
