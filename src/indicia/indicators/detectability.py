"""What each indicator cannot see: the chance that its source would have shown the signal.

The one table behind `detectability_share`; the app shows it as it stands. Shares are elicited, by
one person so far, except where `formula` says how they are computed.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Sight:
    """What one indicator can see at one kind of scope.

    Args:
        indicator: Code.
        scope_kind: Where the signal is seen.
        what_can_be_seen: In a sentence.
        smallest_visible: The smallest signal that would show, in words with its unit.
        share: Chance that the source would have shown it (0 to 1); None where computed per scope.
        formula: How it is computed per scope; empty where `share` is stated.
    """

    indicator: str
    scope_kind: str
    what_can_be_seen: str
    smallest_visible: str
    share: float | None
    formula: str = ""


STEP_FORMULA = (
    "normal(( 5 MW - 3.5 sigma ) / e): sigma is the monthly noise of the base load in MW, e the "
    "error of a step's size with residuals that resemble their neighbours (correlation 0.5)"
)
SIGHTS = (
    Sight(
        "P01", "zone", "A lasting step in the base load of a whole metered zone.",
        "3.5 times the zone's own monthly noise: hundreds of MW in a zone of gigawatts.",
        None, STEP_FORMULA,
    ),
    Sight(
        "P01", "facility", "A jump from one reporting year to the next at a campus that reports.",
        "3.5 times the spread of the campus's own yearly changes.",
        None, "normal(( 5 MW - 3.5 sigma ) / sigma): sigma is the spread of yearly changes in MW",
    ),
    Sight(
        "P02", "zone", "Growth of a zone's base load over a year beyond a mix of zones without known sites.",
        "What all but one in twenty placebos stay below: tens to hundreds of MW in a zone of gigawatts.",
        None, "normal(( 5 MW - q e) / e): e is the error of the fit in MW, q the placebos' 95th percentile",
    ),
    Sight(
        "P03", "zone", "Load of a metered zone that is nearly as high on average as at its peak.",
        "A flat load that is most of what the zone draws: tens of MW at a meter of one's own.",
        None, "5 MW / the zone's mean load in MW, at most 1",
    ),
    Sight(
        "P04", "lane", "A lane's imports beside all power first recorded in the importing country.",
        "More than half as much again as everything that went on: one site among many does not show.", 0.1,
    ),
    Sight(
        "P05", "facility", "A reported number of accelerators beside three months of reported power after it.",
        "Three quarters or more of them missing or off: the rest, busy, draw what all would idle.", 0.3,
    ),
    Sight(
        "P06", "zone", "Load that falls in the dearest hours of a zone, against the same hours of other weeks.",
        "A twentieth of what the zone usually draws: tens or hundreds of MW in most zones.",
        None, "normal(( 5 MW / usual load - threshold) / s): s is the spread of the falls of other weeks",
    ),
    Sight(
        "P07", "facility", "Power stated of a site beside its meter, or beside another publisher's figure.",
        "Five times. Publishers that copy one another agree, and most meters are not published.", 0.5,
    ),
    Sight(
        "C01", "lane", "Goods declared under the basket's codes between two countries.",
        "A few times the lane's own yearly or monthly scatter, and the floor on value.", 0.2,
    ),
    Sight(
        "C02", "lane", "Goods of the basket that both countries of a lane declare.",
        "A sixth of the lane's trade, where its past is calm, and the floor on value; more where the two sides always scatter.", 0.1,
    ),
    Sight(
        "C03", "lane", "Value per kilogram or piece of servers and their parts, where weight is declared.",
        "A sixth of the lane's value under a code, and US$ 5 million a month. A mixture inside one published line is not seen.", 0.15,
    ),
    Sight(
        "C04", "lane", "Re-exports that a hub declares by destination and month, beside what arrives there.",
        "Growth to twice or more on both sides, and US$ 5 million a month. Goods in transit are not declared at all.", 0.1,
    ),
    Sight(
        "C05", "lane", "Value by code of six digits and month, around the days on which rules took effect.",
        "US$ 5 million a month that change their code. A lane that used the other code from the start shows nothing.", 0.1,
    ),
    Sight(
        "C06", "party", "Consignees as declared, where shipment records with names are at hand.",
        "US$ 1.6 million of goods in the band in three months, or 5 million in six. Most countries publish no names.", 0.1,
    ),
    Sight(
        "C07", "lane", "Monthly trade of the basket on a lane that a charge, rule or listing names.",
        "A fall by half against like trade, from US$ 5 million a month. Few events name a lane.", 0.1,
    ),
    Sight(
        "C08", "party", "Consignees as declared, and where goods were shipped from, where records with names are at hand.",
        "US$ 1.6 million of goods in the band in three months. Few countries publish names, fewer of what leaves them.", 0.05,
    ),
    Sight(
        "R01", "process", "A model named in the published title or description of an award.",
        "One name. Most buyers publish no model, and many publish no notice.", 0.3,
    ),
    Sight(
        "R02", "process", "A model named in the published title or description of a tender or plan.",
        "One name. Specifications seldom name a model, and are often kept from the public.", 0.3,
    ),
    Sight(
        "R03", "process", "A maker, family or model named in a notice that names accelerators.",
        "One name. That a purchase names other parts says nothing of further purchases.", 0.0,
    ),
    Sight(
        "R04", "process", "Cooling, fabric or servers of AI class named in the published text of a notice.",
        "One name. Halls are often bought as one lot whose text names neither cooling nor fabric.", 0.25,
    ),
    Sight(
        "R05", "process", "Amount in US dollars and number of units of a purchase of servers or accelerators.",
        "One notice with both. Most state neither units nor dollars, or one amount for goods of several kinds.", 0.05,
    ),
    Sight(
        "R06", "process", "Number of bids, codes of goods, and a supplier's date of foundation.",
        "One of three marks. Most notices state neither bids nor a supplier that a register knows.", 0.1,
    ),
    Sight(
        "R07", "process", "A buyer or supplier named in a notice and taken to be a listed organisation.",
        "One organisation. Agents and purchasing offices named in place of the user are not found.", 0.25,
    ),
    Sight(
        "S01", "employer", "Openings advertised with a place on the boards that are counted.",
        "Three openings at once. Contractors' and unadvertised posts are not seen.", 0.3,
    ),
    Sight(
        "S02", "organisation", "Words of either stack in the adverts of an organisation that are counted.",
        "Five adverts at once. Posts at agencies, unadvertised ones and boards not on the list are not seen.", 0.2,
    ),
    Sight(
        "S03", "organisation", "Accelerators that papers and model cards say a model was trained on.",
        "One name. Most publications name no hardware, least of all where it is hard to come by.", 0.15,
    ),
    Sight(
        "S04", "organisation", "Headcounts of whole organisations beside reported power of their sites, or shipments to them.",
        "Fewer than one person per five MW. Few headcounts are published, and fewer of small firms.", 0.1,
    ),
    Sight(
        "E01", "party", "A party whose published name equals a listed name or alias.",
        "An identical name. Renamed, translated and shell companies are not found.", 0.25,
    ),
    Sight(
        "E02", "party", "A new name at an address or under a number that a list or register states.",
        "One listed party at the same house, floor or room. Most lists and registers state one address.", 0.15,
    ),
    Sight(
        "E03", "party", "A date of foundation that a register states.",
        "One rule within 180 days before. A shell bought ready-made is older than its use.", 0.3,
    ),
    Sight(
        "E04", "party", "Owners that a register states, up to a listed one.",
        "A parent, or half of the shares. Owners held back, nominees and contracts are not seen.", 0.2,
    ),
    Sight(
        "K01", "organisation", "Operations that published models needed, beside all hardware disclosed.",
        "Twice and more. Models that are not published, research and failed runs are not seen.", 0.1,
    ),
    Sight(
        "E05", "party", "Shares and seats of owners that a register states.",
        "One of three marks. Most registers state parents and no shares.", 0.2,
    ),
)  # fmt: skip


def share(indicator: str, scope_kind: str) -> float:
    """The stated chance of one indicator at one kind of scope.

    Raises:
        KeyError: The pair is not in the table, or its share is computed per scope.
    """
    stated = {(s.indicator, s.scope_kind): s.share for s in SIGHTS if s.share is not None}
    return stated[indicator, scope_kind]


def table() -> pl.DataFrame:
    """The whole table as a frame, for the app and the docs."""
    columns = tuple(Sight.__dataclass_fields__)
    return pl.DataFrame(
        [[getattr(s, c) for c in columns] for s in SIGHTS],
        schema={c: pl.Float64 if c == "share" else pl.String for c in columns},
        orient="row",
    )
