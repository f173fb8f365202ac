src/pg/node_tree.o: src/pg/node_tree.cpp /work/main/src/pg/node_tree.hpp \
 /work/main/src/model/arena.hpp /work/main/src/model/expression.hpp \
 /work/main/src/model/identifier.hpp /work/main/src/pg/postgres.hpp \
 /work/main/src/pg/compat.hpp
/work/main/src/pg/node_tree.hpp:
/work/main/src/model/arena.hpp:
/work/main/src/model/expression.hpp:
/work/main/src/model/identifier.hpp:
/work/main/src/pg/postgres.hpp:
/work/main/src/pg/compat.hpp:
