"""The tables of registers and published counts: who exists, who ships, who publishes, what was trained."""

# One column is one line, read as a table.
# fmt: off
import polars as pl

from indicia.schema.base import UTC, Column, Table
from indicia.schema.observations import COUNTRY, DATE_PRECISION, SKILL_GROUPS

NAME_KINDS = ("legal", "previous", "alternative", "transliterated", "trading", "abbreviation", "label")
FILING_STATUSES = ("certified", "certified, then withdrawn", "denied", "withdrawn")
LINK_KINDS = ("direct parent", "ultimate parent", "successor", "related", "branch of")
SUBJECT_KINDS = ("facility", "party")
HARDWARE_KINDS = ("installed", "planned", "used in training")
HEADCOUNT_KINDS = ("whole organisation", "division", "contractors", "not stated")
SECTORS = ("total", "data centre", "commercial", "industrial", "residential", "transport", "other", "exports", "losses")

POWER_SECTOR = Table(
    "power_sector",
    "power",
    "Electricity a sector of a country or state used in one period, as a statistical office published it.",
    ("region_id", "sector", "frequency", "period"),
    (
        Column("region_id", pl.String, "ISO 3166-1 alpha-2 code, or 3166-2 where it is a part of a country.", required=True),
        COUNTRY,
        Column("sector", pl.String, "Sector in our words; `published_sector` holds the publisher's.", required=True, one_of=SECTORS),
        Column("published_sector", pl.String, "Sector as published."),
        Column("frequency", pl.String, "A yearly, Q quarterly, M monthly.", required=True, one_of=("A", "Q", "M")),
        Column("period", pl.String, "YYYY, YYYY-Qn or YYYY-MM.", required=True),
        Column("consumption_reported_mwh", pl.Float64, "Energy used, as reported.", "MWh"),
        Column("consumption_estimated_mwh", pl.Float64, "Energy used, where the publisher marks it as estimated.", "MWh"),
        Column("customers_count", pl.Float64, "Customers or meters, where stated.", "count", at_least=0),
        Column("is_provisional", pl.Boolean, "The publisher says the value will be revised."),
    ),
    "period",
)
POWER_READING = Table(
    "power_reading",
    "power",
    "Demand of one zone at one moment, as a page showed it; never an hourly average.",
    ("zone_id", "read_utc"),
    (
        Column("zone_id", pl.String, "The zone, in our code.", required=True),
        Column("read_utc", UTC, "When the page was read; the publisher states no time.", required=True),
        Column("demand_reported_mw", pl.Float64, "Demand as shown at that moment.", "MW", required=True, at_least=0),
    ),
    "read_utc",
)
POWER_PRICE = Table(
    "power_price",
    "power",
    "Wholesale price of electricity of one bidding zone over one hour.",
    ("zone_id", "hour_utc"),
    (
        Column("zone_id", pl.String, "The zone, in the code that power_load uses.", required=True),
        Column("hour_utc", UTC, "Start of the hour.", required=True),
        Column("price_reported_eur_per_mwh", pl.Float64, "Price for delivery in the hour, fixed the day before; may be negative. The mean where the market trades quarters.", "EUR/MWh", required=True),
    ),
    "hour_utc",
)
LOAD_PROFILE = Table(
    "load_profile",
    "power",
    "How one anonymised data centre used its contracted power on one day (UTC); no place and no MW.",
    ("site_code", "on_date"),
    (
        Column("site_code", pl.String, "The publisher's code of the site.", required=True),
        Column("on_date", pl.Date, "The day (UTC).", required=True),
        Column("published_class", pl.String, "Kind of data centre, as the publisher estimates it."),
        Column("voltage_level", pl.String, "Voltage at which it is connected, as published."),
        Column("mean_utilisation_ratio", pl.Float64, "Mean of the day's half-hours, as a ratio of the contracted kVA; may exceed 1.", required=True, at_least=0),
        Column("p05_utilisation_ratio", pl.Float64, "Their 5th percentile.", required=True, at_least=0),
        Column("max_utilisation_ratio", pl.Float64, "Their highest.", required=True, at_least=0),
        Column("readings_count", pl.Int64, "Half-hours with a value; 48 in a whole day.", "count", required=True, at_least=0),
        Column("zero_readings_count", pl.Int64, "Half-hours that read zero: idle, dead or not metered.", "count", required=True, at_least=0),
    ),
    "on_date",
)
HARDWARE_STATEMENT = Table(
    "hardware_statement",
    "facilities",
    "Accelerators that somebody says a facility or organisation has, plans or trained with.",
    ("subject_kind", "subject", "kind", "chip_text", "on_date"),
    (
        Column("subject_kind", pl.String, "Whether `subject` is a facility_id or an organisation.", required=True, one_of=SUBJECT_KINDS),
        Column("subject", pl.String, "The facility_id, or the organisation as published.", required=True),
        Column("kind", pl.String, "Installed, planned, or used in training.", required=True, one_of=HARDWARE_KINDS),
        Column("chip_text", pl.String, "The accelerator as published; empty where only a number was.", required=True),
        Column("on_date", pl.Date, "The day described; first day of the period where the precision is coarser.", required=True),
        DATE_PRECISION,
        Column("accelerators_reported_count", pl.Float64, "Accelerators as reported.", "count", at_least=0),
        Column("accelerators_estimated_count", pl.Float64, "Accelerators as estimated by a third party.", "count", at_least=0),
        Column("certainty", pl.String, "The publisher's own word for how sure it is."),
        Column("statement", pl.String, "What was said, as published, shortened."),
    ),
    "on_date",
)
TRAINING_CLAIM = Table(
    "training_claim",
    "staffing",
    "What was published of the training of one model: size, tokens, operations, hardware, hours. No authors.",
    ("model",),
    (
        Column("model", pl.String, "Model as published.", required=True),
        Column("organisations", pl.String, "Organisations, joined by `; `."),
        Column("countries_iso2", pl.String, "Their countries, joined by `;`."),
        Column("published_date", pl.Date, "Day the model was published."),
        Column("parameters_count", pl.Float64, "Parameters in all.", "count", at_least=0),
        Column("training_reported_flop", pl.Float64, "Operations of the training, as its developers state.", "FLOP", at_least=0),
        Column("training_estimated_flop", pl.Float64, "Operations of the training, as a third party estimates.", "FLOP", at_least=0),
        Column("tokens_count", pl.Float64, "Data points or tokens trained on.", "count", at_least=0),
        Column("hardware_text", pl.String, "Accelerator as published."),
        Column("accelerators_count", pl.Float64, "Accelerators used.", "count", at_least=0),
        Column("training_time_hours", pl.Float64, "Duration of the training.", "hours", at_least=0),
        Column("accelerator_hours", pl.Float64, "Accelerators times duration, as published.", "hours", at_least=0),
        Column("numeric_format", pl.String, "Numeric format of the training."),
        Column("utilisation_share", pl.Float64, "Model FLOP utilisation, as published.", "share", at_least=0, at_most=1),
        Column("confidence", pl.String, "The publisher's word for how sure it is."),
        Column("base_models", pl.String, "Models it was trained from, joined by `; `."),
        Column("note", pl.String, "How an estimate was made, shortened."),
    ),
    "published_date",
)
HEADCOUNT_STATEMENT = Table(
    "headcount_statement",
    "staffing",
    "How many people an organisation, or one division of it, is said to have had on a day.",
    ("organisation", "division", "on_date", "statement_id"),
    (
        Column("organisation", pl.String, "The organisation as published.", required=True),
        Column("division", pl.String, "The division or role counted; empty where it is the whole.", required=True),
        Column("kind", pl.String, "What is counted.", required=True, one_of=HEADCOUNT_KINDS),
        Column("on_date", pl.Date, "The day described; first day of the period where the precision is coarser.", required=True),
        DATE_PRECISION,
        Column("statement_id", pl.String, "The publisher's id of the statement; two reports on one day are two.", required=True),
        Column("headcount_reported_count", pl.Float64, "People, as the organisation itself published.", "count", at_least=0),
        Column("headcount_estimated_count", pl.Float64, "People, as the press or a third party says.", "count", at_least=0),
        Column("certainty", pl.String, "The publisher's own word for how sure it is."),
        Column("statement", pl.String, "Kind of report and its site; never a quotation."),
    ),
    "on_date",
)
EXPERTISE_COUNT = Table(
    "expertise_count",
    "staffing",
    "Publications of one institution in one field and year, as counted; no authors, no titles.",
    ("institution_id", "field", "year"),
    (
        Column("institution_id", pl.String, "Id of the institution, as scheme:id.", required=True),
        Column("institution", pl.String, "Its name as published.", required=True),
        COUNTRY,
        Column("field", pl.String, "What the count covers: a named query of ours, or the publisher's topic.", required=True),
        Column("year", pl.Int64, "Year of publication.", required=True, at_least=1900, at_most=2100),
        Column("works_count", pl.Int64, "Publications.", "count", required=True, at_least=0),
    ),
    "year",
)
LABOUR_FILING = Table(
    "labour_filing",
    "staffing",
    "One employer's request to fill positions at a place with foreign workers; requested, not hired. No persons, no wages.",
    ("case_number",),
    (
        Column("case_number", pl.String, "Number of the case, as published.", required=True),
        Column("status", pl.String, "What became of it, in our words.", required=True, one_of=FILING_STATUSES),
        Column("received_date", pl.Date, "Day it was received."),
        Column("decided_date", pl.Date, "Day it was decided.", required=True),
        Column("starts_date", pl.Date, "First day of the employment asked for."),
        Column("visa_class", pl.String, "Class of visa, as published."),
        Column("employer", pl.String, "Employer as published; empty where it is apparently a natural person."),
        Column("placed_with", pl.String, "Other organisation at whose place the workers are to be, as published."),
        Column("place", pl.String, "City and state of the worksite."),
        COUNTRY,
        Column("skill_group", pl.String, "Group of skills, read from the job title as in staffing_count.", required=True, one_of=SKILL_GROUPS),
        Column("job_title", pl.String, "Job title, as published."),
        Column("occupation_code", pl.String, "Code of the occupation (SOC)."),
        Column("occupation_title", pl.String, "Its title, as published."),
        Column("industry_code", pl.String, "NAICS code of the employer."),
        Column("positions_count", pl.Int64, "Positions asked for.", "count", required=True, at_least=0),
    ),
    "decided_date",
)
MODEL_RELEASE = Table(
    "model_release",
    "staffing",
    "One model published by an organisation's account, with the hardware and lineage its card states.",
    ("model_id",),
    (
        Column("model_id", pl.String, "Id as account/name.", required=True),
        Column("account", pl.String, "The publishing account.", required=True),
        Column("released_date", pl.Date, "Day it was created.", required=True),
        Column("hardware_text", pl.String, "Hardware the card states."),
        Column("base_models", pl.String, "Models it names as its base, joined by `; `."),
        Column("downloads_count", pl.Int64, "Downloads as counted by the publisher.", "count", at_least=0),
        Column("licence_text", pl.String, "Licence of the model as published."),
    ),
    "released_date",
)
CUSTOMS_PORT_FLOW = Table(
    "customs_port_flow",
    "customs",
    "Goods of one code between a reporting country's port and a partner in one month, as declared.",
    ("reporter_iso3", "port", "partner_iso3", "flow", "hs_code", "period"),
    (
        Column("reporter_iso3", pl.String, "ISO 3166-1 alpha-3 of the reporting country.", required=True),
        Column("port", pl.String, "The publisher's code and name of the port or district.", required=True),
        Column("partner_iso3", pl.String, "ISO 3166-1 alpha-3 of the partner; W00 for the world.", required=True),
        Column("flow", pl.String, "M import, X export, RX re-export.", required=True, one_of=("M", "X", "RX")),
        Column("hs_code", pl.String, "HS code, 6 to 10 digits.", required=True),
        Column("period", pl.String, "YYYY-MM.", required=True),
        Column("value_reported_usd", pl.Float64, "Value as declared.", "US$", at_least=0),
        Column("weight_reported_kg", pl.Float64, "Shipping weight by air and vessel, as declared.", "kg", at_least=0),
        Column("quantity_reported", pl.Float64, "Quantity as declared, in `quantity_unit`.", at_least=0),
        Column("quantity_unit", pl.String, "Unit of quantity, as published."),
    ),
    "period",
)
SHIPMENT = Table(
    "shipment",
    "customs",
    "One declared consignment line between two organisations; natural persons are not loaded.",
    ("shipment_id",),
    (
        Column("shipment_id", pl.String, "Bill or declaration number with its line, or a hash of the line.", required=True),
        Column("shipped_date", pl.Date, "Day of arrival or departure as declared.", required=True),
        Column("shipper_name", pl.String, "Exporting organisation as declared."),
        Column("shipper_iso2", pl.String, "Its country."),
        Column("consignee_name", pl.String, "Importing organisation as declared."),
        Column("consignee_iso2", pl.String, "Its country."),
        Column("notify_name", pl.String, "Organisation to be notified, as declared."),
        Column("origin_iso2", pl.String, "Country of origin or lading."),
        Column("destination_iso2", pl.String, "Country of destination."),
        Column("port_from", pl.String, "Port or place of lading as declared."),
        Column("port_to", pl.String, "Port or place of unlading as declared."),
        Column("hs_code", pl.String, "HS code as declared, 4 to 10 digits."),
        Column("description", pl.String, "Goods as declared."),
        Column("brand_model", pl.String, "Brand and model as declared."),
        Column("quantity_reported", pl.Float64, "Quantity as declared, in `quantity_unit`.", at_least=0),
        Column("quantity_unit", pl.String, "Unit of quantity, as declared."),
        Column("gross_weight_kg", pl.Float64, "Gross weight as declared.", "kg", at_least=0),
        Column("net_weight_kg", pl.Float64, "Net weight as declared.", "kg", at_least=0),
        Column("value_reported_usd", pl.Float64, "Value as declared.", "US$", at_least=0),
    ),
    "shipped_date",
)
ENTITY_RECORD = Table(
    "entity_record",
    "entities",
    "One organisation in a public register.",
    ("record_id",),
    (
        Column("record_id", pl.String, "Id as scheme:id, for example LEI:529900T8BM49AURSDO55.", required=True),
        Column("name", pl.String, "Legal or main name, as registered.", required=True),
        Column("country_iso2", pl.String, "Country of its legal seat."),
        Column("headquarters_iso2", pl.String, "Country of its headquarters."),
        Column("address", pl.String, "Legal address, as registered."),
        Column("headquarters_address", pl.String, "Address of its headquarters, as registered."),
        Column("registry_ids", pl.String, "Ids in other registers as scheme:id, joined by `; `."),
        Column("legal_form", pl.String, "Legal form, as registered."),
        Column("status", pl.String, "Status, as registered."),
        Column("founded_date", pl.Date, "Day of foundation."),
        Column("ended_date", pl.Date, "Day of dissolution, where it ended."),
    ),
)
ENTITY_NAME = Table(
    "entity_name",
    "entities",
    "One name of an organisation in a public register, with its kind and language.",
    ("record_id", "name", "kind"),
    (
        Column("record_id", pl.String, "The organisation, as in entity_record.", required=True),
        Column("name", pl.String, "The name, as registered.", required=True),
        Column("kind", pl.String, "What kind of name.", required=True, one_of=NAME_KINDS),
        Column("language", pl.String, "Language tag, as published."),
    ),
)
ENTITY_LINK = Table(
    "entity_link",
    "entities",
    "A relation between two organisations in a public register.",
    ("record_id", "kind", "other_id"),
    (
        Column("record_id", pl.String, "The organisation, as in entity_record.", required=True),
        Column("kind", pl.String, "What the other one is to it.", required=True, one_of=LINK_KINDS),
        Column("other_id", pl.String, "The other organisation, as scheme:id.", required=True),
        Column("starts_date", pl.Date, "Start of the relation, where stated."),
        Column("ends_date", pl.Date, "Its end, where stated."),
        Column("owned_share", pl.Float64, "Share owned, where stated.", "share", at_least=0, at_most=1),
    ),
)
REGISTERS = (
    POWER_SECTOR, POWER_READING, POWER_PRICE, LOAD_PROFILE, HARDWARE_STATEMENT, TRAINING_CLAIM, HEADCOUNT_STATEMENT,
    EXPERTISE_COUNT, LABOUR_FILING, MODEL_RELEASE,
    CUSTOMS_PORT_FLOW, SHIPMENT, ENTITY_RECORD, ENTITY_NAME, ENTITY_LINK,
)  # fmt: skip
