"""The questions that pages, exports and the command line ask, answered as frames.

Every function takes a `Reader` (an open store) first and returns a Polars frame or a small
dataclass. Charts and maps are pure functions of such frames. Nothing here knows the screen.
"""
