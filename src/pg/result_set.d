src/pg/result_set.o: src/pg/result_set.cpp \
 /work/main/src/pg/result_set.hpp /work/main/src/model/arena.hpp \
 /work/main/src/model/identifier.hpp /work/main/src/pg/boundary.hpp \
 /work/main/src/model/error.hpp /work/main/src/pg/guard.hpp \
 /work/main/src/pg/postgres.hpp /work/main/src/pg/memory.hpp
/work/main/src/pg/result_set.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/pg/boundary.hpp:
/work/main/src/model/error.hpp:
/work/main/src/pg/guard.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/memory.hpp:
