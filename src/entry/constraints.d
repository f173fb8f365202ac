src/entry/constraints.o: src/entry/constraints.cpp \
 /work/main/src/audit/enforcement.hpp /work/main/src/model/database.hpp \
 /work/main/src/model/arena.hpp /work/main/src/model/constraint.hpp \
 /work/main/src/model/identifier.hpp /work/main/src/model/relation.hpp \
 /work/main/src/model/expression.hpp /work/main/src/model/index.hpp \
 /work/main/src/model/type.hpp /work/main/src/catalog/loader.hpp \
 /work/main/src/pg/boundary.hpp /work/main/src/model/error.hpp \
 /work/main/src/pg/guard.hpp /work/main/src/pg/postgres.hpp \
 /work/main/src/pg/memory.hpp /work/main/src/entry/entry.hpp \
 /work/main/src/pg/result_set.hpp
/work/main/src/audit/enforcement.hpp:
/work/main/src/model/database.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/constraint.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/model/relation.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/index.hpp:
/work/main/src/model/type.hpp:
/work/main/src/catalog/loader.hpp:
/work/main/src/pg/boundary.hpp:
/work/main/src/model/error.hpp:
/work/main/src/pg/guard.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/memory.hpp:
/work/main/src/entry/entry.hpp:
/work/main/src/pg/result_set.hpp:
