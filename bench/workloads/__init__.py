"""A workload is a module: LETTER, TITLE, make(scale) (a list of statements), races(scale) and MARKS.

`races` are generated one by one; each runs before the next is asked for.
"""

from . import audit, fact, many, orphans, partitions, repeats, sparse, types

ALL = [fact, types, repeats, sparse, many, orphans, partitions, audit]
