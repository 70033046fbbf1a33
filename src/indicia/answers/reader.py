"""What an answer needs of a store: to ask it, and to say which data spoke."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import polars as pl


class Reader(Protocol):
    """An open store, as far as answers are concerned."""

    @property
    def kind(self) -> str:
        """Whether the data are `starter`, `live`, `synthetic` or `empty`."""
        ...

    @property
    def as_of(self) -> date | None:
        """Only what was public by the end of that day is shown; None: everything."""
        ...

    @property
    def data_version(self) -> str:
        """Hash of the data that speak."""
        ...

    def sql(
        self, query: str, parameters: Mapping[str, object] | Sequence[object] = ()
    ) -> pl.DataFrame:
        """Rows of a query; every table of the schema exists under its plain name."""
        ...
