"""How large a list may be that is screened at once."""

MEBIBYTE = 2**20
MOST_BYTES = 20 * MEBIBYTE
MOST_UNPACKED_BYTES = 100 * MEBIBYTE
MOST_ROWS, MOST_COLUMNS = 100_000, 200
# A sheet is held as a full rectangle, however few of its cells are filled.
MOST_CELLS = 6_000_000
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_ID = 500, 1_000, 100
