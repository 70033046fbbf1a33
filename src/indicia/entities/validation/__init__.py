"""How well names meet, measured on labelled real names: files, noise, tasks, figures, page.

The publishers' files are not part of the repository. Every task is split by entity into a
development part, on which rules may be changed, and a final part that is computed only when asked.
"""
