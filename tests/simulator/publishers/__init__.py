"""What each publisher holds, in its own format and paging, in two vintages."""

from datetime import timedelta

from simulator.publishers import (
    customs,
    entities,
    facilities,
    power,
    power_us,
    procurement,
    staffing,
)
from simulator.publishers.base import KEY, LAST_DAY, Publisher

__all__ = ["PUBLISHERS", "Publisher"]

EIA = {
    "environ": {"EIA_API_KEY": KEY},
    "pages": ("offset",),
    "small": {"ingest.power.eia_api.PAGE_ROWS": 80},
}
YESTERDAY = (LAST_DAY - timedelta(days=1)).date()
PUBLISHERS = (
    Publisher("entities/csl", entities.screening_list, facts={"rows_at_least": 30}),
    Publisher("entities/gleif", entities.legal_entities, {"INDICIA_GLEIF_LEIS": ",".join(entities.LEIS)}),
    Publisher("staffing/boards", staffing.boards,
              brief={"ingest.staffing.boards.BOARDS": staffing.SOME_BOARDS}),
    Publisher("staffing/openalex", staffing.publications, since=LAST_DAY.date().replace(month=1, day=1),
              own={"budget spent, in a header": staffing.budget_spent}),
    Publisher("staffing/hugging_face", staffing.models, pages=("cursor",), own=staffing.LINK_FAULTS,
              small={"ingest.staffing.hugging_face.MOST": 5},
              brief={"ingest.staffing.hugging_face.ACCOUNTS": ("deepseek-ai", "01-ai", "moonshotai", "BAAI")}),
    Publisher("staffing/mycareersfuture", staffing.openings,
              brief={"ingest.staffing.mycareersfuture.SEARCHES": {"GPU": "gpu"}}),
    Publisher("power/eia930", power_us.grid_monitor, **EIA, own=power_us.ZIP_FAULTS),
    Publisher("power/eia_retail", power_us.retail_sales, **EIA),
    Publisher("power/cso_ireland", power.irish_meters),
    Publisher("power/gso_malaysia", power.malaysian_demand, since=(LAST_DAY - timedelta(days=40)).date()),
    Publisher("power/data_gov_my", power.malaysian_sectors),
    Publisher("power/entsoe", power.european_load, {"ENTSOE_API_TOKEN": KEY}, since=YESTERDAY,
              own=power.EUROPEAN_FAULTS, brief={"ingest.power.entsoe_xml.ZONES": power.SOME_ZONES}),
    Publisher("power/ember", power.monthly_demand, {"EMBER_API_KEY": KEY}),
    Publisher("power/taipower", power.regional_load),
    Publisher("facilities/peeringdb", facilities.peering, pages=("skip",)),
    Publisher("facilities/osm", facilities.mapped_sites, own={"out of time": facilities.out_of_time}),
    Publisher("procurement/austender", procurement.australian_tenders),
    Publisher("procurement/ocds", procurement.registry, {"INDICIA_OCDS_PUBLICATIONS": "41"}),
    Publisher("procurement/find_a_tender", procurement.find_a_tender, since=LAST_DAY.date(), pages=("cursor",)),
    Publisher("procurement/ted", procurement.tenders_daily, pages=("iterationNextToken",)),
    Publisher("customs/comtrade", customs.comtrade,
              brief={"ingest.customs.comtrade_asks.REPORTERS": (842, 458, 490)}),
    Publisher("customs/us_census", customs.census, {"CENSUS_API_KEY": KEY},
              since=(LAST_DAY - timedelta(days=100)).date(),
              brief={"ingest.customs.us_census.CODES": ("847180", "847330")}),
)  # fmt: skip
