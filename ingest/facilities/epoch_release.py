"""Which file of an Epoch AI release a header belongs to, and which source reads it."""

from collections.abc import Sequence

from indicia.errors import SourceChangedError

# A file, the columns that tell it, and the source that reads it (or why none does).
FILES = (
    (
        "data_centers.csv",
        ({"Handle", "Name"}, {"Address", "Project", "Current power (MW)"}),
        "facilities/epoch reads it",
    ),
    (
        "data_center_timelines.csv",
        ({"Date"}, {"Construction status", "Buildings operational"}),
        "facilities/epoch reads it",
    ),
    (
        "data_center_chip_quantities.csv",
        ({"Data center", "Data center name"}, {"Chip type"}),
        "facilities/epoch reads it",
    ),
    (
        "gpu_clusters.csv",
        ({"Chip type (primary)"}, {"First Operational Date"}),
        "facilities/epoch_clusters reads it",
    ),
    (
        "a table of AI models",
        ({"Model"}, {"Training compute (FLOP)"}),
        "staffing/epoch_models reads it",
    ),
    (
        "data_center_chillers.csv or data_center_cooling_towers.csv",
        ({"Cooling capacity (kW)", "Cooling capacity (stated, kW)"}, {"Manufacturer"}),
        "a catalogue of models of cooling equipment, which names no site: no source reads it",
    ),
    (
        "ml_hardware.csv",
        ({"Hardware name"}, {"TDP (W)"}),
        "data sheets of accelerators, kept in data/reference: no source reads it",
    ),
    (
        "ai_companies_staff_reports.csv",
        ({"Staff count"}, {"Company", "Id"}),
        "staffing/epoch_staff reads it",
    ),
    (
        "a table of AI companies",
        ({"Company", "Organization (from Organizations)"}, {"Id", "Company type"}),
        "money and use of companies: no source reads it",
    ),
)


def file_of(columns: Sequence[str]) -> tuple[str, str]:
    """The file with these columns and who reads it; two empty texts where none is known."""
    known = set(columns)
    for name, groups, reader in FILES:
        if all(known & group for group in groups):
            return name, reader
    return "", ""


def refusal(
    source: str, place: str, expected: str, columns: Sequence[str]
) -> SourceChangedError:
    """Say that a file is another one, and which source reads that one."""
    shown = [c for c in columns if c != "row"]
    name, reader = file_of(columns)
    if name:
        remedy = f"Nothing for this source. This is {name}: {reader}"
        return SourceChangedError(source, f"{place}, header", expected, shown, remedy)
    return SourceChangedError(source, f"{place}, header", expected, shown)
