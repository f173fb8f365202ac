src/pg/memory.o: src/pg/memory.cpp /work/main/src/pg/memory.hpp \
 /work/main/src/model/arena.hpp /work/main/src/pg/postgres.hpp
/work/main/src/pg/memory.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/pg/postgres.hpp:
