src/catalog/loader.o: src/catalog/loader.cpp \
 /work/main/src/catalog/loader.hpp /work/main/src/model/database.hpp \
 /work/main/src/model/arena.hpp /work/main/src/model/constraint.hpp \
 /work/main/src/model/identifier.hpp /work/main/src/model/relation.hpp \
 /work/main/src/model/expression.hpp /work/main/src/model/index.hpp \
 /work/main/src/model/type.hpp /work/main/src/pg/boundary.hpp \
 /work/main/src/model/error.hpp /work/main/src/pg/guard.hpp \
 /work/main/src/pg/postgres.hpp /work/main/src/pg/memory.hpp \
 /work/main/src/catalog/queries.hpp /work/main/src/pg/compat.hpp \
 /work/main/src/pg/node_tree.hpp /work/main/src/pg/spi.hpp
/work/main/src/catalog/loader.hpp:
/work/main/src/model/database.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/constraint.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/model/relation.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/index.hpp:
/work/main/src/model/type.hpp:
/work/main/src/pg/boundary.hpp:
/work/main/src/model/error.hpp:
/work/main/src/pg/guard.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/memory.hpp:
/work/main/src/catalog/queries.hpp:
/work/main/src/pg/compat.hpp:
/work/main/src/pg/node_tree.hpp:
/work/main/src/pg/spi.hpp:
