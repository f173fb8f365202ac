src/model/database.o: src/model/database.cpp \
 /work/main/src/model/database.hpp /work/main/src/model/arena.hpp \
 /work/main/src/model/constraint.hpp /work/main/src/model/identifier.hpp \
 /work/main/src/model/relation.hpp /work/main/src/model/expression.hpp \
 /work/main/src/model/index.hpp /work/main/src/model/type.hpp
/work/main/src/model/database.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/constraint.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/model/relation.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/index.hpp:
/work/main/src/model/type.hpp:
