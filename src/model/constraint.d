src/model/constraint.o: src/model/constraint.cpp \
 /work/main/src/model/constraint.hpp /work/main/src/model/identifier.hpp \
 /work/main/src/model/relation.hpp /work/main/src/model/expression.hpp \
 /work/main/src/model/index.hpp
/work/main/src/model/constraint.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/model/relation.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/index.hpp:
