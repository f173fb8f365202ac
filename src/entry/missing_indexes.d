src/entry/missing_indexes.o: src/entry/missing_indexes.cpp \
 /work/main/src/entry/entry.hpp /work/main/src/pg/boundary.hpp \
 /work/main/src/model/error.hpp /work/main/src/model/identifier.hpp \
 /work/main/src/pg/guard.hpp /work/main/src/pg/postgres.hpp \
 /work/main/src/pg/memory.hpp /work/main/src/model/arena.hpp
/work/main/src/entry/entry.hpp:
/work/main/src/pg/boundary.hpp:
/work/main/src/model/error.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/pg/guard.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/memory.hpp:
/work/main/src/model/arena.hpp:
