"""Accelerators stated in tenders and plans, and those that stated training hours imply."""

from indicia.reference.compute.draws import (
    Assumptions,
    Count,
    Interval,
    Sheet,
    chosen,
    of_class,
    one_of,
    positive,
)

UNITS = ("accelerators", "nodes")
PLANNED = "As stated. A tender or plan says what was asked for, not what arrived."
ON_ONE_RUN = (
    "Average number at work on the stated run. Research, failed runs, reinforcement learning and "
    "inference are left out, and the computing may be rented elsewhere."
)
HOURS_PER_DAY, SECONDS_PER_HOUR, TERA = 24.0, 3600.0, 1e12


def from_tender(
    number: float, units: str = "accelerators", chip_class: str | None = None
) -> tuple[Count, ...]:
    """What a tender, award or plan states, in accelerators; the interval is the number itself.

    Args:
        number: Number stated.
        units: `accelerators`, or `nodes` (servers of 8, racks or pods, by class).
        chip_class: The class, if the notice names it.

    Raises:
        UsageError: A number that is not above zero, or a choice that does not exist.
    """
    one_of("unit", units, UNITS)
    asked = positive(f"Number of {units}", number)
    found = []
    for name in chosen(chip_class):
        each = (of_class(name, "accelerators_per_node") or 1.0) if units == "nodes" else 1.0
        total = asked * each
        found.append(
            Count(
                "tenders",
                f"stated {units}",
                name,
                Interval(total, total, total),
                (),
                PLANNED,
            )
        )
    return tuple(found)


def from_claim(
    accelerator_hours: float,
    days: float,
    chip_class: str | None = None,
    *,
    assumptions: Assumptions | None = None,
) -> tuple[Count, ...]:
    """Accelerators that stated hours over stated days imply.

    Args:
        accelerator_hours: Accelerator hours as claimed.
        days: Length of the run (days).
        chip_class: The class, if the claim names it.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: A number that is not above zero, or a class that does not exist.
    """
    hours = positive("Accelerator hours", accelerator_hours)
    length = positive("Length of the run in days", days)
    found = []
    for name in chosen(chip_class):
        sheet = Sheet(name, assumptions or Assumptions())
        values = hours / (length * HOURS_PER_DAY * sheet.draw("wall_clock_share"))
        found.append(
            Count(
                "claims",
                "hours over days",
                name,
                Interval.of(values),
                tuple(sheet.used),
                ON_ONE_RUN,
            )
        )
    return tuple(found)


def from_operations(
    flop: float,
    days: float,
    chip_class: str | None = None,
    *,
    is_counted_by_size: bool = False,
    assumptions: Assumptions | None = None,
) -> tuple[Count, ...]:
    """Accelerators that stated operations over stated days imply, at the utilisation of large runs.

    A class without a published peak in BF16 gives no row.

    Args:
        flop: Operations of the run as stated.
        days: Length of the run (days).
        chip_class: The class, if the claim names it.
        is_counted_by_size: The operations are 6 x parameters x tokens, without attention.
        assumptions: What the reader puts in place of the priors.

    Raises:
        UsageError: A number that is not above zero, or a class that does not exist.
    """
    done = positive("flop", flop)
    seconds = positive("Length of the run in days", days) * HOURS_PER_DAY * SECONDS_PER_HOUR
    found = []
    for name in chosen(chip_class):
        peak = of_class(name, "bf16_dense_tflops")
        if peak is None:
            continue
        sheet = Sheet(name, assumptions or Assumptions())
        attention = sheet.draw("attention_ratio") if is_counted_by_size else 1.0
        values = done * attention / (seconds * peak * TERA * sheet.draw("mfu_share"))
        found.append(
            Count(
                "claims",
                "operations over days",
                name,
                Interval.of(values),
                tuple(sheet.used),
                ON_ONE_RUN,
            )
        )
    return tuple(found)
