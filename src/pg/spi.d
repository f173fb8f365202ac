src/pg/spi.o: src/pg/spi.cpp /work/main/src/pg/spi.hpp \
 /work/main/src/model/arena.hpp /work/main/src/model/identifier.hpp \
 /work/main/src/pg/guard.hpp /work/main/src/pg/postgres.hpp \
 /work/main/src/pg/compat.hpp
/work/main/src/pg/spi.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/pg/guard.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/compat.hpp:
