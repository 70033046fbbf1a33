"""Real data under the whole machinery: writes `docs/validation/real_data.md` from publishers' files.

The files are a maintainer's copies and no part of this repository; only figures of them stand on
the page. Nothing here sets a threshold: it loads, asks and writes down what was answered.
"""
