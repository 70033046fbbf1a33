"""Words of addresses: what is written in several ways, and what does not tell one place from another."""

# One spelling a line would hide which words belong together.
# fmt: off
SPELLED_OUT = {
    "st": "street", "str": "street", "ul": "street", "ulitsa": "street", "jie": "street",
    "rd": "road", "lu": "road", "ave": "avenue", "av": "avenue", "avenida": "avenue",
    "prospect": "prospekt", "prosp": "prospekt", "pr": "prospekt", "prkt": "prospekt",
    "blvd": "boulevard", "bvd": "boulevard", "bulvar": "boulevard", "dr": "drive", "ln": "lane",
    "hwy": "highway", "sh": "highway", "shosse": "highway", "pkwy": "parkway", "sq": "square", "pl": "place",
    "per": "pereulok", "nab": "naberezhnaya", "proezd": "proyezd", "pr-d": "proyezd",
    "bldg": "building", "bld": "building", "blgd": "building", "bldng": "building", "buliding": "building",
    "twr": "tower", "ctr": "centre", "center": "centre", "cntr": "centre", "cent": "centre",
    "comm": "commercial", "ind": "industrial", "indus": "industrial", "indl": "industrial",
    "intl": "international", "tech": "technology", "technological": "technology", "hi-tech": "hightech",
    "dev": "development", "dist": "district", "distr": "district", "rayon": "district", "qu": "district",
    "prov": "province", "cty": "county",
    "zn": "zone", "est": "estate", "mfg": "manufacturing", "univ": "university", "inst": "institute",
    "ft": "fort", "mt": "mount", "hse": "house", "plz": "plaza", "mkt": "market", "pk": "park",
    "n": "north", "s": "south", "e": "east", "w": "west", "kln": "kowloon", "nt": "newterritories",
    "sec": "section", "ste": "suite", "ext": "extension", "apts": "apartments", "govt": "government",
    "saint": "street", "sankt": "street",
}
# Kept apart from names: between these words a shared number still may mean two different places.
GENERIC = (
    "street", "road", "avenue", "prospekt", "boulevard", "drive", "lane", "highway", "parkway", "square",
    "place", "pereulok", "naberezhnaya", "proyezd", "building", "tower", "centre", "commercial",
    "industrial", "international", "technology", "district", "province", "county", "zone", "estate",
    "house", "plaza", "park", "market", "floor", "room", "unit", "flat", "suite", "shop", "office", "block",
    "north", "south", "east", "west", "central", "city", "town", "village", "region", "oblast", "area",
    "development", "economic", "new", "high", "hightech", "section", "main", "factory", "mansion",
    "international", "kowloon", "newterritories", "box", "po", "street", "litera", "lit", "korpus",
    "stroenie", "pom", "ofis", "dom", "hong", "kong", "sector", "courtyard", "yard", "plot", "al", "el", "free", "trade", "science",
)
DROPPED = ("no", "nos", "num", "number", "of", "the", "and", "c", "co", "d", "g", "p", "r", "dom", "ltd", "at", "in", "near")
# Names of countries that tails carry besides those of `countries.csv`.
COUNTRY_WORDS = (
    "p r china", "pr china", "prc", "p r c", "peoples republic of china", "people s republic of china", "china",
    "hong kong sar", "hong kong", "hongkong", "h k", "macau", "macao", "taiwan", "republic of china",
    "russia", "russian federation", "iran", "islamic republic of iran", "united arab emirates", "u a e", "uae",
    "turkey", "turkiye", "united kingdom", "u k", "uk", "england", "usa", "u s a", "united states",
    "united states of america", "south korea", "republic of korea", "korea", "north korea", "syria", "vietnam",
    "viet nam", "republic of singapore", "laos", "moldova", "venezuela", "tanzania", "bolivia", "brunei",
    "czech republic", "the netherlands", "netherlands", "belarus", "republic of belarus",
)
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)
# fmt: on
