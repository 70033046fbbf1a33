"""SQL that holds every period of every series against the earlier periods of the same series.

Robust spread: MAD / 0.6745 written as `median(abs(x - median(x)))`, else the mean deviation times
1.253314 where the MAD is nil, else null. There are two texts of one question: windows, which DuckDB
answers in one pass, and joins, which every engine can answer (sqlglot carries them to Spark). A
test holds them equal.
"""

from typing import Protocol

from indicia.indicators.steps import NORMAL_PER_MAD, NORMAL_PER_MEAN_DEVIATION

AT = """CASE WHEN frequency = 'A' THEN CAST(substr(period, 1, 4) AS INTEGER)
              ELSE 12 * CAST(substr(period, 1, 4) AS INTEGER)
                   + CAST(substr(period, 6, 2) AS INTEGER) - 1 END"""


class Past(Protocol):
    """What writes the common table expressions of one series' past, the last named `scaled`."""

    def __call__(
        self, table: str, keys: tuple[str, ...], value: str, usual: str, back: str = "", gap: str = "1"
    ) -> str:  # fmt: skip
        """Hold each period of `table` against the past of its series.

        Args:
            table: A common table expression with `keys`, `at_period` and `value`.
            keys: Columns that name a series; one row per series and period.
            value: The measure that is judged.
            usual: A second measure, of which `usual_<name>` becomes the earlier median.
            back: How many periods the past reaches back, as SQL over `e`; all of them if empty.
            gap: How many periods before the judged one the past ends, as SQL over `e`.

        Returns:
            SQL. `scaled` is `table` with earlier (count of earlier periods), middle (their median),
            `usual_<name>` and own_sigma; a period without a past is left out or has earlier nil.
        """


def scaled(
    table: str, keys: tuple[str, ...], value: str, usual: str, back: str = "", gap: str = "1"
) -> str:
    """Windows: one pass over each series. See `Past`.

    Where the MAD is nil, more than half of the past is one value; the mean deviation then needs
    the past once more, unless all of it is that value.
    """
    series = ", ".join(f"e.{k}" for k in keys)
    far = f"({back})" if back else "UNBOUNDED"
    met = " AND ".join(f"f.{k} = e.{k}" for k in (*keys, "at_period"))
    named = ", ".join(f"e.{k}" for k in (*keys, "at_period"))
    return f"""pasts AS (
  SELECT e.*, count(e.{value}) OVER past AS earlier, median(e.{value}) OVER past AS middle,
         median(e.{usual}) OVER past AS usual_{usual}, mad(e.{value}) OVER past AS mad,
         min(e.{value}) OVER past AS least_past, max(e.{value}) OVER past AS most_past
  FROM {table} e
  WINDOW past AS (PARTITION BY {series} ORDER BY e.at_period
                  RANGE BETWEEN {far} PRECEDING AND ({gap}) PRECEDING)
), flat AS (
  SELECT {named}, avg(abs(h.{value} - e.middle) ORDER BY h.at_period) AS mean_off
  FROM pasts e JOIN {table} h ON {_past(keys, back, gap)}
  WHERE e.mad = 0 AND e.least_past < e.most_past GROUP BY {named}
), scaled AS (
  SELECT e.* EXCLUDE (mad, least_past, most_past),
         CASE WHEN e.mad > 0 THEN {NORMAL_PER_MAD} * e.mad
              WHEN f.mean_off > 0 THEN {NORMAL_PER_MEAN_DEVIATION} * f.mean_off END AS own_sigma
  FROM pasts e LEFT JOIN flat f ON {met}
)"""


def scaled_by_joins(
    table: str, keys: tuple[str, ...], value: str, usual: str, back: str = "", gap: str = "1"
) -> str:
    """Joins of each series with itself: portable, and quadratic in its periods. See `Past`."""
    named = ", ".join(f"e.{k}" for k in keys)
    past = _past(keys, back, gap)
    met = " AND ".join(f"s.{k} = e.{k}" for k in (*keys, "at_period"))
    return f"""middles AS (
  SELECT {named}, e.at_period, count(h.{value}) AS earlier, median(h.{value}) AS middle,
         median(h.{usual}) AS usual_{usual}
  FROM {table} e JOIN {table} h ON {past}
  GROUP BY {named}, e.at_period
), spreads AS (
  SELECT {named}, e.at_period, e.earlier, e.middle, e.usual_{usual},
         median(abs(h.{value} - e.middle)) AS mad, avg(abs(h.{value} - e.middle)) AS mean_off
  FROM middles e JOIN {table} h ON {past}
  GROUP BY {named}, e.at_period, e.earlier, e.middle, e.usual_{usual}
), scaled AS (
  SELECT e.*, s.earlier, s.middle, s.usual_{usual},
         CASE WHEN s.mad > 0 THEN {NORMAL_PER_MAD} * s.mad
              WHEN s.mean_off > 0 THEN {NORMAL_PER_MEAN_DEVIATION} * s.mean_off END AS own_sigma
  FROM {table} e JOIN spreads s ON {met}
)"""


def _past(keys: tuple[str, ...], back: str, gap: str) -> str:
    same = " AND ".join(f"h.{k} = e.{k}" for k in keys)
    until = f"{same} AND h.at_period <= e.at_period - ({gap})"
    return until + (f" AND h.at_period >= e.at_period - ({back})" if back else "")
