src/audit/enforcement.o: src/audit/enforcement.cpp \
 /work/main/src/audit/enforcement.hpp /work/main/src/model/database.hpp \
 /work/main/src/model/arena.hpp /work/main/src/model/constraint.hpp \
 /work/main/src/model/identifier.hpp /work/main/src/model/relation.hpp \
 /work/main/src/model/expression.hpp /work/main/src/model/index.hpp \
 /work/main/src/model/type.hpp
/work/main/src/audit/enforcement.hpp:
/work/main/src/model/database.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/constraint.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/model/relation.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/index.hpp:
/work/main/src/model/type.hpp:
