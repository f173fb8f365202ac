src/pg/settings.o: src/pg/settings.cpp /work/main/src/pg/settings.hpp \
 /work/main/src/pg/compat.hpp /work/main/src/pg/postgres.hpp
/work/main/src/pg/settings.hpp:
/work/main/src/pg/compat.hpp:
/work/main/src/pg/postgres.hpp:
