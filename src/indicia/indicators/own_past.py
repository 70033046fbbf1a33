"""SQL that holds every period of every series against the earlier periods of the same series.

Robust spread: MAD / 0.6745 written as `median(abs(x - median(x)))`, else the mean deviation times
1.253314 where the MAD is nil, else null.
"""

from indicia.indicators.lane_surge import NORMAL_PER_MAD, NORMAL_PER_MEAN_DEVIATION

AT = """CASE WHEN frequency = 'A' THEN CAST(substr(period, 1, 4) AS INTEGER)
              ELSE 12 * CAST(substr(period, 1, 4) AS INTEGER)
                   + CAST(substr(period, 6, 2) AS INTEGER) - 1 END"""


def scaled(
    table: str, keys: tuple[str, ...], value: str, usual: str, back: str = "", gap: str = "1"
) -> str:
    """Three common table expressions; the last, `scaled`, is `table` with its past beside it.

    Args:
        table: A common table expression with `keys`, `at_period` and `value`.
        keys: Columns that name a series.
        value: The measure that is judged.
        usual: A second measure, of which `usual_<name>` becomes the earlier median.
        back: How many periods the past reaches back, as SQL over `e`; all of them if empty.
        gap: How many periods before the judged one the past ends, as SQL over `e`.

    Returns:
        SQL. `scaled` adds earlier (count of earlier periods), middle (their median), own_sigma.
    """
    named = ", ".join(f"e.{k}" for k in keys)
    same = " AND ".join(f"h.{k} = e.{k}" for k in keys)
    past = f"{same} AND h.at_period <= e.at_period - ({gap})"
    past += f" AND h.at_period >= e.at_period - ({back})" if back else ""
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
