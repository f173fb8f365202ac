"""A workload is a module: LETTER, TITLE, make(scale) (a list of statements), races(scale) and MARKS.

`races` are generated one by one; each runs before the next is asked for. PORTS: of the servers that need the data, the
bench's own (None) and the one that has the library preloaded.
"""

from . import audit, fact, many, orphans, partitions, repeats, sparse, types, watch

ALL = [fact, types, repeats, sparse, many, orphans, partitions, audit, watch]
