"""Words of the TOP500 list: names of countries, and what stands in for the name of a site."""

KINDS = (
    "ai|it|iit|djit|aerospace|automotive|cloud|consulting|credit|e-commerce|electronics|energy|"
    "engineering|financial|gaming|geoscience|government|hosting|industrial|information|insurance|"
    "internet|logistics?|manufacturing|media|network|oil|research|retail|semiconductor|service|"
    "software|telecom|trading|transportation|video"
)
# A branch and a word such as `company`, perhaps with letters; or any name that ends in one letter.
ANONYMOUS = (
    rf"(?i)^(?:(?:{KINDS})\s+)+(?:company|provider|services?|operator|laboratory|institute|industry|"
    r"agency|institution|manufacturer|customer)(?-i:\s\(?[A-Z]{1,4}\)?)?$"
    r"|^(?:bank|company|government|university|industry|customer)(?-i:\s\(?[A-Z]{1,4}\)?)?$"
    r"|\s\(?(?-i:[A-Z])\)?$|undisclosed|anonym|confidential|not disclosed"
)
COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belarus": "BY", "Belgium": "BE",
    "Brazil": "BR", "Bulgaria": "BG", "Canada": "CA", "Chile": "CL", "China": "CN", "Colombia": "CO",
    "Croatia": "HR", "Cyprus": "CY", "Czech Republic": "CZ", "Czechia": "CZ", "Denmark": "DK", "Egypt": "EG",
    "Estonia": "EE", "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK",
    "Hungary": "HU", "Iceland": "IS", "India": "IN", "Indonesia": "ID", "Iran": "IR", "Ireland": "IE",
    "Israel": "IL", "Italy": "IT", "Japan": "JP", "Jordan": "JO", "Kazakhstan": "KZ",
    "Korea, South": "KR", "Kuwait": "KW", "Latvia": "LV", "Lithuania": "LT", "Luxembourg": "LU",
    "Malaysia": "MY", "Malta": "MT", "Mexico": "MX", "Morocco": "MA", "Netherlands": "NL",
    "New Zealand": "NZ", "Norway": "NO", "Oman": "OM", "Pakistan": "PK", "Philippines": "PH",
    "Poland": "PL", "Portugal": "PT", "Qatar": "QA", "Romania": "RO", "Russia": "RU",
    "Saudi Arabia": "SA", "Serbia": "RS", "Singapore": "SG", "Slovakia": "SK", "Slovenia": "SI",
    "South Africa": "ZA", "South Korea": "KR", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH",
    "Taiwan": "TW", "Thailand": "TH", "Turkey": "TR", "Türkiye": "TR", "Ukraine": "UA",
    "United Arab Emirates": "AE", "United Kingdom": "GB", "United States": "US", "Uzbekistan": "UZ",
    "Vietnam": "VN",
}  # fmt: skip
