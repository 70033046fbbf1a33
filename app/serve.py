"""Serve the pages: `python -m app.serve`, with Streamlit's own options behind it.

Everything heavy is imported before the server listens, so that the first reader does not wait.
"""

import gc
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

from streamlit.web.cli import main as streamlit

from indicia import answers

# What Streamlit imports with the first table and the first symbol.
LATER = ("pandas", "streamlit.dataframe.lazy_df_source", "streamlit.material_icon_names")


def main() -> None:
    """Import what the pages ask, then hand over to Streamlit."""
    for module in pkgutil.walk_packages(answers.__path__, f"{answers.__name__}."):
        import_module(module.name)
    for name in LATER:
        import_module(name)
    # Streamlit looks for garbage after every click: among what stays anyway that takes 0.14 s.
    gc.collect()
    gc.freeze()
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("main.py")), *sys.argv[1:]]
    streamlit()


if __name__ == "__main__":
    main()
