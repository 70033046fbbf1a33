"""What the cells of Epoch's tables mean: columns by alias, tags, places, coordinates, headquarters."""

import polars as pl

CENTER_ALIASES = {
    "key": ("Handle", "Name"),
    "title": ("Title", "Name"),
    "address": ("Address",),
    "country": ("Country",),
    "latitude": ("Latitude",),
    "longitude": ("Longitude",),
    "owner": ("Owner", "Owners"),
    "user": ("Users", "User"),
    "builder": ("Construction companies",),
}
CENTER_NEEDED = ("key", "title", "address", "owner", "user")
TIMELINE_ALIASES = {
    "key": ("Data center", "Data center name", "Handle", "Name"),
    "date": ("Date",),
    "statement": ("Construction status",),
    "power": ("Power (MW)", "Facility power (MW)"),
    "compute": ("H100 equivalents",),
    "buildings": ("Buildings operational",),
}
TIMELINE_NEEDED = ("key", "date", "power", "compute")

TAGS = ("confident", "likely", "speculative", "estimate")
UNTAGGED = "stated"
MISTYPED = {"esimate": "estimate"}
HEADQUARTERS = {
    "Alibaba": "CN", "Amazon": "US", "Anthropic": "US", "Apple": "US", "ByteDance": "CN",
    "Cisco": "US", "Coreweave": "US", "Crusoe": "US", "G42": "AE", "Galaxy": "US",
    "Google": "US", "Google Cloud": "US", "Google DeepMind": "US", "Huawei": "CN",
    "Khazna": "AE", "Meta": "US", "Microsoft": "US", "Mortenson": "US", "NVIDIA": "US",
    "Nscale": "GB", "OpenAI": "US", "Oracle": "US", "Softbank": "JP", "Tencent": "CN",
    "xAI": "US",
}  # fmt: skip
COUNTRIES = {
    "argentina": "AR", "australia": "AU", "austria": "AT", "belgium": "BE", "brazil": "BR", "canada": "CA", "china": "CN",
    "croatia": "HR", "czechia": "CZ", "denmark": "DK", "finland": "FI",
    "france": "FR", "germany": "DE", "hong kong": "HK", "india": "IN", "indonesia": "ID",
    "iran (islamic republic of)": "IR",
    "ireland": "IE", "israel": "IL", "italy": "IT", "japan": "JP", "kazakhstan": "KZ",
    "korea (republic of)": "KR",
    "malaysia": "MY", "mexico": "MX", "netherlands": "NL", "norway": "NO", "poland": "PL", "portugal": "PT",
    "qatar": "QA", "republic of korea": "KR", "russia": "RU", "saudi arabia": "SA", "singapore": "SG",
    "south korea": "KR", "spain": "ES", "sweden": "SE", "switzerland": "CH", "taiwan": "TW", "thailand": "TH",
    "united arab emirates": "AE", "uae": "AE", "united kingdom": "GB", "uk": "GB",
    "united kingdom of great britain and northern ireland": "GB",
    "united states": "US", "united states of america": "US", "usa": "US", "vietnam": "VN",
    "viet nam": "VN",
}  # fmt: skip
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
POSTAL_CODE = r"[\s,]*\d{4,6}(-\d{4})?$"
DEGREES = r"^([+-]?\d+(?:\.\d+)?)°?$"
DMS = (
    r"^(?<degrees>\d{1,3})\s*°\s*(?<minutes>\d{1,2})\s*['\u{2032}\u{2019}]\s*"
    r"(?<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[\"\u{2033}\u{201d}]|'')\s*(?<side>[NSEW])$"
)
COMPANY_FORM = r",\s*(Inc|LLC|Ltd|Limited|Corp|PLC|L\.?P|S\.?A)\b"
DIVIDED_BY = 60


def degrees(column: str, sides: str, limit: float) -> pl.Expr:
    """Degrees from `32°35'25"N` or `-90.5`; null where the text is neither or out of range.

    Args:
        column: Column of text.
        sides: The positive and the negative letter, such as `NS`.
        limit: Largest absolute value (degrees).
    """
    text = pl.col(column).str.strip_chars()
    part = text.str.extract_groups(DMS).struct
    whole, minutes, seconds = (
        part.field(name).cast(pl.Float64, strict=False)
        for name in ("degrees", "minutes", "seconds")
    )
    is_possible = (minutes < DIVIDED_BY) & (seconds < DIVIDED_BY)
    size = whole + minutes / DIVIDED_BY + seconds / DIVIDED_BY**2
    side = part.field("side")
    signed = pl.when(side == sides[0]).then(size).when(side == sides[1]).then(-size)
    plain = text.str.extract(DEGREES).cast(pl.Float64, strict=False)
    value = pl.coalesce(pl.when(is_possible).then(signed), plain)
    return pl.when(value.abs() <= limit).then(value)


def country(name: pl.Expr) -> pl.Expr:
    """Alpha-2 code of a country's name."""
    lowered = name.str.strip_chars().str.to_lowercase()
    return lowered.replace_strict(COUNTRIES, default=None, return_dtype=pl.String)


def last_part(address: pl.Expr) -> pl.Expr:
    """What stands after the last comma of an address, without its postal code."""
    return address.str.replace(POSTAL_CODE, "").str.split(",").list.last().str.strip_chars()


def state(address: pl.Expr) -> pl.Expr:
    """The U.S. state that an address ends in, as `TX` or by name, perhaps with its county."""
    last = last_part(address)
    by_code = last.replace_strict(STATES, default=None, return_dtype=pl.String)
    longest_first = sorted(STATES.values(), key=len, reverse=True)
    named = "|".join(longest_first)
    return pl.coalesce(by_code, last.str.extract(rf"^({named})(?:\s+[\w\s]+County)?$"))


def part_before_country(address: pl.Expr) -> pl.Expr:
    """The region named before the country at the end of an address."""
    parts = address.str.replace(POSTAL_CODE, "").str.split(",")
    return parts.list.get(-2, null_on_oob=True).str.strip_chars()


def tag_meant(tag: pl.Expr) -> pl.Expr:
    """A tag in lower case, with the publisher's known slip of the pen undone."""
    return tag.str.to_lowercase().replace(MISTYPED)


def named_parties(centers: pl.DataFrame, role: str) -> pl.DataFrame:
    """One row per party in the cells of `role`: `A #likely, B #confident` names two."""
    each = (
        centers.select("row", "key", party=pl.col(role).str.replace_all(COMPANY_FORM, " $1"))
        .with_columns(pl.col("party").str.split(","))
        .explode("party", empty_as_null=True, keep_nulls=True)
        .with_columns(pl.col("party").str.strip_chars())
        .filter(pl.col("party").is_not_null() & (pl.col("party") != ""))
    )
    tag = pl.col("party").str.extract(r"#\s*(\S+)")
    return each.select(
        "row",
        "key",
        role=pl.lit(role),
        party_name=pl.col("party").str.split("#").list.first().str.strip_chars(),
        certainty=tag.fill_null(UNTAGGED),
    )
