"""The tables of published observations, by family."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import Column, Table

PRECISIONS = ("site", "city", "county", "region", "country", "unknown")
SITE_CLASSES = ("ai", "cloud", "colocation", "supercomputer", "telecom", "crypto", "industry", "unknown")
ROLES = ("owner", "operator", "user", "builder")
CERTAINTIES = ("stated", "confident", "likely", "speculative", "estimate")
POWER_KINDS = ("avg", "peak", "capacity")
BOUNDARIES = ("facility", "it", "system")
DATE_PRECISIONS = ("day", "month", "quarter", "year", "unknown")
STAGES = ("plan", "tender", "award", "contract")
SCOPES = ("facility", "zone", "lane", "place", "employer", "organisation", "party", "process")
EVENT_KINDS = ("rule", "case", "listing", "construction", "announcement", "dispute")
STATUSES = ("alleged", "charged", "convicted", "dismissed", "denied", "lawful", "reported", "in force", "not in force", "superseded", "planned")

FACILITY_ID = Column("facility_id", pl.String, "Stable id of the facility.", required=True)
STACKS = ("CUDA", "CANN")
SKILL_GROUPS = ("gpu", "network", "datacentre", "domestic_stack", "other")
COUNTRY = Column("country_iso2", pl.String, "ISO 3166-1 alpha-2 code of the country.")
LATITUDE = Column("latitude_deg", pl.Float64, "Latitude, WGS 84, north positive.", "degrees", at_least=-90, at_most=90)
LONGITUDE = Column("longitude_deg", pl.Float64, "Longitude, WGS 84, east positive.", "degrees", at_least=-180, at_most=180)
PRECISION = Column("coord_precision", pl.String, "How closely the place is known; only `site` may be drawn as a site.", one_of=PRECISIONS)
DATE_PRECISION = Column("date_precision", pl.String, "How closely the date is known.", one_of=DATE_PRECISIONS)

FACILITY = Table(
    "facility",
    "facilities",
    "One site that houses, or is said to house, large computing or a load that resembles it.",
    ("facility_id",),
    (
        FACILITY_ID,
        Column("publisher_key", pl.String, "The publisher's own name or id of the site."),
        Column("name", pl.String, "Name as published.", required=True),
        COUNTRY,
        Column("admin1", pl.String, "State, province or region."),
        Column("place", pl.String, "Town, county or address as published."),
        LATITUDE,
        LONGITUDE,
        PRECISION,
        Column("site_class", pl.String, "What its publisher says it is.", one_of=SITE_CLASSES),
        Column("is_declared_ai", pl.Boolean, "Its operator or a publisher says in public that it serves AI."),
        Column("note", pl.String, "What a reader must know; our own words."),
    ),
)
FACILITY_PARTY = Table(
    "facility_party",
    "facilities",
    "An organisation that owns, operates, uses or builds a facility, with how sure its publisher is.",
    ("facility_id", "role", "party_name"),
    (
        FACILITY_ID,
        Column("role", pl.String, "Owner, operator, user or builder: never merged.", required=True, one_of=ROLES),
        Column("party_name", pl.String, "The organisation as published.", required=True),
        Column("certainty", pl.String, "The publisher's own tag, `stated` where it gives none.", required=True, one_of=CERTAINTIES),
        Column("headquarters_iso2", pl.String, "Country of its headquarters or ultimate parent, where known."),
    ),
)
FACILITY_STATE = Table(
    "facility_state",
    "facilities",
    "What was said of a facility's power, compute and construction on a date.",
    ("facility_id", "on_date", "power_kind"),
    (
        FACILITY_ID,
        Column("on_date", pl.Date, "The day described; first day of the period where the precision is coarser.", required=True),
        DATE_PRECISION,
        Column("power_kind", pl.String, "Which power it is: time average, observed peak, or capacity.", required=True, one_of=POWER_KINDS),
        Column("boundary", pl.String, "What the power covers: the whole facility with cooling, its IT load, or one computing system; empty where not stated.", one_of=BOUNDARIES),
        Column("power_reported_mw", pl.Float64, "Power as reported by operator, permit or utility.", "MW", at_least=0),
        Column("power_estimated_mw", pl.Float64, "Power as estimated by a third party.", "MW", at_least=0),
        Column("compute_reported_h100e_count", pl.Float64, "Accelerators as reported, in H100 equivalents.", "count", at_least=0),
        Column("compute_estimated_h100e_count", pl.Float64, "Accelerators as estimated by a third party, in H100 equivalents.", "count", at_least=0),
        Column("buildings_count", pl.Float64, "Buildings in operation.", "count", at_least=0),
        Column("estimate_reason", pl.String, "How an estimate was made, in the publisher's terms."),
        Column("statement", pl.String, "What was said, as published."),
        Column("is_projection", pl.Boolean, "The date lies after the vintage: a plan or forecast, never an observation.", required=True),
    ),
    "on_date",
)
POWER_LOAD = Table(
    "power_load",
    "power",
    "Electricity demand of one metered zone over one hour.",
    ("zone_id", "hour_utc"),
    (
        Column("zone_id", pl.String, "The operator's code of the zone, as authority or authority-subzone.", required=True),
        Column("hour_utc", pl.Datetime("us", "UTC"), "Start of the hour, whatever end the publisher labels.", required=True),
        Column("demand_reported_mw", pl.Float64, "Average demand during the hour, as reported.", "MW"),
        Column("demand_imputed_mw", pl.Float64, "Average demand as imputed where the report is missing or anomalous.", "MW"),
        Column("imputation_reason", pl.String, "Why a value was imputed, in the publisher's category."),
    ),
    "hour_utc",
)
POWER_LOAD_MONTH = Table(
    "power_load_month",
    "power",
    "Mean and base load of one zone over one calendar month (UTC), computed from hourly demand.",
    ("zone_id", "month_date"),
    (
        Column("zone_id", pl.String, "The operator's code of the zone.", required=True),
        Column("month_date", pl.Date, "First day of the month.", required=True),
        Column("base_load_mw", pl.Float64, "5th percentile of hourly demand.", "MW", at_least=0),
        Column("mean_load_mw", pl.Float64, "Mean of hourly demand.", "MW", at_least=0),
        Column("hours_reported_count", pl.Int64, "Hours with a reported value.", "count", at_least=0),
        Column("hours_imputed_count", pl.Int64, "Hours with an imputed value.", "count", at_least=0),
    ),
    "month_date",
)
POWER_SITE_YEAR = Table(
    "power_site_year",
    "power",
    "Electricity and water of one campus over one year, as its operator reported them.",
    ("facility_id", "year"),
    (
        FACILITY_ID,
        Column("site_name", pl.String, "The campus as published.", required=True),
        Column("operator", pl.String, "Who reports.", required=True),
        Column("year", pl.Int64, "Calendar or reporting year described.", required=True, at_least=1990, at_most=2100),
        Column("electricity_reported_mwh", pl.Float64, "Metered electricity of the whole campus.", "MWh", at_least=0),
        Column("average_reported_mw", pl.Float64, "Average power, where stated instead of energy.", "MW", at_least=0),
        Column("water_reported_m3", pl.Float64, "Water withdrawn.", "m³", at_least=0),
        Column("is_partial", pl.Boolean, "First or incomplete year, plan, or a part of the campus."),
        Column("qualifier", pl.String, "Rounding, scope and caveats as noted with the figure."),
    ),
    "year",
)
POWER_STATEMENT = Table(
    "power_statement",
    "power",
    "A capacity, utilisation or demand figure of an operator or region, as published and never spread over sites.",
    ("subject", "scope", "metric", "component", "as_of", "qualifier"),
    (
        Column("subject", pl.String, "Operator, utility or statistical office.", required=True),
        Column("scope", pl.String, "What the figure covers, as published.", required=True),
        Column("metric", pl.String, "What is counted.", required=True),
        Column("component", pl.String, "Part or scenario; empty where there is one.", required=True),
        Column("as_of", pl.String, "Date or period described, ISO 8601 reduced form; empty where not stated.", required=True),
        Column("value_reported", pl.Float64, "The figure, in `unit`."),
        Column("unit", pl.String, "The publisher's unit.", required=True),
        Column("qualifier", pl.String, "Bounds, source kind and caveats.", required=True),
    ),
)
PROCUREMENT_NOTICE = Table(
    "procurement_notice",
    "procurement",
    "One award, contract, tender or plan of a contracting process; an award has one row per award.",
    ("process_id", "notice_id", "line_id"),
    (
        Column("process_id", pl.String, "The contracting process (in OCDS the ocid).", required=True),
        Column("notice_id", pl.String, "The release or notice.", required=True),
        Column("line_id", pl.String, "The award or contract within it; `tender` or `plan` otherwise.", required=True),
        Column("stage", pl.String, "Plan, tender, award or contract.", required=True, one_of=STAGES),
        Column("status", pl.String, "Status as published."),
        Column("notice_date", pl.Date, "Date of the notice, award or signature; first day of the period where the precision is coarser."),
        DATE_PRECISION,
        Column("title", pl.String, "Title as published."),
        Column("text", pl.String, "Description and item descriptions as published."),
        Column("buyer_name", pl.String, "The buying organisation."),
        Column("buyer_id", pl.String, "Its registry id, as scheme:id."),
        Column("supplier_names", pl.String, "Supplying organisations, joined by `; `."),
        Column("supplier_ids", pl.String, "Their registry ids, joined by `; `."),
        COUNTRY,
        Column("place", pl.String, "Place of delivery or of the buyer, as published."),
        Column("amount", pl.Float64, "Value as published, in `currency`."),
        Column("currency", pl.String, "ISO 4217 code."),
        Column("quantity_count", pl.Float64, "Units bought, where stated.", "count", at_least=0),
        Column("classification_codes", pl.String, "Item classifications as scheme:id, joined by `; `."),
        Column("procurement_method", pl.String, "Method as published."),
        Column("tenderers_count", pl.Int64, "Number of tenderers, where stated.", "count", at_least=0),
    ),
    "notice_date",
)
CUSTOMS_FLOW = Table(
    "customs_flow",
    "customs",
    "Goods of one code between a reporting country and a partner in one period, as the reporter declared.",
    ("reporter_iso3", "partner_iso3", "flow", "hs_code", "frequency", "period"),
    (
        Column("reporter_iso3", pl.String, "ISO 3166-1 alpha-3 of the reporting country; TWN for the code 490.", required=True),
        Column("partner_iso3", pl.String, "ISO 3166-1 alpha-3 of the partner; W00 for the world.", required=True),
        Column("flow", pl.String, "M import, X export, RX re-export, RM re-import.", required=True, one_of=("M", "X", "RX", "RM", "DX", "FM")),
        Column("hs_code", pl.String, "HS code, or the name of a basket with `+` between codes.", required=True),
        Column("classification", pl.String, "Edition of the code list, as published."),
        Column("frequency", pl.String, "A yearly, M monthly.", required=True, one_of=("A", "M")),
        Column("period", pl.String, "YYYY or YYYY-MM.", required=True),
        Column("value_reported_usd", pl.Float64, "Value; imports CIF, exports FOB unless the publisher says otherwise.", "US$", at_least=0),
        Column("value_estimated_usd", pl.Float64, "Value where the publisher marks it as estimated.", "US$", at_least=0),
        Column("value_reported_eur", pl.Float64, "Value of publishers that report in euros; never converted.", "EUR", at_least=0),
        Column("net_weight_reported_kg", pl.Float64, "Net weight as declared.", "kg", at_least=0),
        Column("net_weight_estimated_kg", pl.Float64, "Net weight where the publisher marks it as estimated.", "kg", at_least=0),
        Column("quantity_reported", pl.Float64, "Quantity as declared, in `quantity_unit`.", at_least=0),
        Column("quantity_estimated", pl.Float64, "Quantity where the publisher marks it as estimated.", at_least=0),
        Column("quantity_unit", pl.String, "Unit of quantity, as published."),
    ),
    "period",
)
STAFFING_COUNT = Table(
    "staffing_count",
    "staffing",
    "Open positions of one employer, place and skill group on one day; no free text, no persons.",
    ("employer", "place", "skill_group", "counted_date"),
    (
        Column("employer", pl.String, "The employing organisation.", required=True),
        Column("employer_id", pl.String, "Its id in a public register as scheme:id, for example UEN:201912345K, where the publisher states it."),
        Column("place", pl.String, "Place as published; empty where not stated.", required=True),
        COUNTRY,
        Column("skill_group", pl.String, "Group of skills, from a fixed list.", required=True, one_of=SKILL_GROUPS),
        Column("counted_date", pl.Date, "Day of the count (UTC).", required=True),
        Column("openings_count", pl.Int64, "Open positions.", "count", required=True, at_least=0),
    ),
    "counted_date",
)
STACK_MENTION = Table(
    "stack_mention",
    "staffing",
    "Adverts of one employer and place that name one word of a stack of software and hardware on one day; no text, no persons. Words overlap: one advert may name several.",
    ("employer", "place", "token", "counted_date"),
    (
        Column("employer", pl.String, "The employing organisation.", required=True),
        Column("employer_id", pl.String, "Its id in a public register as scheme:id, where the publisher states it."),
        Column("place", pl.String, "Place as published; empty where not stated, and for a count of zero over all places.", required=True),
        COUNTRY,
        Column("stack", pl.String, "The stack the word belongs to: that of CUDA with InfiniBand, or that of CANN.", required=True, one_of=STACKS),
        Column("token", pl.String, "The word, as its maker writes it.", required=True),
        Column("counted_date", pl.Date, "Day of the count (UTC).", required=True),
        Column("openings_count", pl.Int64, "Open positions whose advert names it.", "count", required=True, at_least=0),
    ),
    "counted_date",
)
ENTITY_LISTING = Table(
    "entity_listing",
    "entities",
    "One organisation on a screening list; natural persons are not loaded.",
    ("list_code", "listing_key"),
    (
        Column("list_code", pl.String, "Short name of the list: EL, MEU, UVL, CMIC, ...", required=True),
        Column("listing_key", pl.String, "Stable key of the listing within the list.", required=True),
        Column("name", pl.String, "Name as listed.", required=True),
        Column("aliases", pl.String, "Other names, joined by `; `."),
        Column("addresses", pl.String, "Addresses, joined by `; `."),
        Column("countries_iso2", pl.String, "Countries, joined by `;`."),
        Column("listed_date", pl.Date, "Effective date of the listing; null where the list says `various`."),
        Column("citation", pl.String, "Federal Register or other citation."),
        Column("licence_requirement", pl.String, "Licence requirement as listed."),
        Column("licence_policy", pl.String, "Licence review policy as listed."),
    ),
)
EVENT = Table(
    "event",
    "context",
    "A rule, case, listing, construction step or announcement, with its status and who says so.",
    ("event_id",),
    (
        Column("event_id", pl.String, "Stable id.", required=True),
        Column("kind", pl.String, "Rule, case, listing, construction, announcement or dispute.", required=True, one_of=EVENT_KINDS),
        Column("title", pl.String, "What happened, in our words.", required=True),
        Column("status", pl.String, "How far it is established: a charge is never drawn as a fact.", required=True, one_of=STATUSES),
        Column("starts_date", pl.Date, "Start; first day of the period where the precision is coarser."),
        Column("ends_date", pl.Date, "End, where it lasted."),
        DATE_PRECISION,
        Column("parties", pl.String, "Organisations named, joined by `; `; no natural persons."),
        Column("denial", pl.String, "What a named party answers, where it did."),
        COUNTRY,
        Column("place", pl.String, "Place as published."),
        Column("facility_id", pl.String, "The facility it concerns, where it concerns one."),
        Column("amount_usd", pl.Float64, "Amount named.", "US$", at_least=0),
        Column("units_text", pl.String, "Units as published."),
        Column("citation", pl.String, "Title, publisher and date of the source."),
        Column("lanes", pl.String, "Trade lanes it names as EXP>IMP in ISO 3166-1 alpha-3, `*` for every country, joined by `; `."),
    ),
    "starts_date",
)
EXPOSURE = Table(
    "exposure",
    "context",
    "How likely a facility is the source of a signal seen at a zone, lane, place, employer, organisation, party or process.",
    ("facility_id", "scope_kind", "scope_id"),
    (
        FACILITY_ID,
        Column("scope_kind", pl.String, "What the signal is seen at.", required=True, one_of=SCOPES),
        Column("scope_id", pl.String, "Which one: zone_id, EXP>IMP, EMPLOYER @ PLACE, organisation, party name, process_id.", required=True),
        Column("weight_share", pl.Float64, "Probability that this facility is the source; at most 1 in sum per scope.", "share", required=True, at_least=0, at_most=1),
        Column("basis", pl.String, "Why that weight.", required=True),
    ),
)
DOCUMENT = Table(
    "document",
    "context",
    "A document a person cites: where it is, or the hash of the file, and what it is said to show.",
    ("document_id",),
    (
        Column("document_id", pl.String, "Stable id.", required=True),
        Column("title", pl.String, "Title of the document.", required=True),
        Column("document_sha256", pl.String, "Hash of the file, where there is one."),
        Column("document_date", pl.Date, "Date of the document."),
        Column("facility_id", pl.String, "The facility it concerns, where it concerns one."),
        Column("author_role", pl.String, "Role of the person who adds it, never a name.", required=True),
        Column("statement", pl.String, "What it is said to show, in the adder's words.", required=True),
    ),
)
OBSERVATIONS = (
    FACILITY, FACILITY_PARTY, FACILITY_STATE,
    POWER_LOAD, POWER_LOAD_MONTH, POWER_SITE_YEAR, POWER_STATEMENT,
    PROCUREMENT_NOTICE, CUSTOMS_FLOW, STAFFING_COUNT, STACK_MENTION, ENTITY_LISTING,
    EVENT, EXPOSURE, DOCUMENT,
)  # fmt: skip
