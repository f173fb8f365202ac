# fkaudit: PGXS build. `make`, `make install`, `make installcheck`; script/test runs everything.
EXTENSION = fkaudit
MODULE_big = fkaudit
DATA = $(wildcard sql/fkaudit--*.sql)
DOCS = doc/fkaudit.md doc/recipes.md doc/violations.md doc/fk_report.schema.json
OBJS = $(sort $(patsubst %.cpp,%.o,$(wildcard src/*.cpp src/*/*.cpp src/*/*/*.cpp)))
SHLIB_EXPORTS = exports.txt
SHLIB_LINK = -lstdc++
EXTRA_CLEAN = $(OBJS:.o=.d) build

# Those that need test/module/fkaudit_test, which is installed for tests only (script/test).
REGRESS_WITH_MODULE = $(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/boundary*.sql)))
REGRESS = $(filter-out $(REGRESS_WITH_MODULE),$(sort $(patsubst test/sql/%.sql,%,$(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --outputdir=build/regress --load-extension=fkaudit
REGRESS_PREP = regress-directory

PG_CONFIG ?= pg_config
# -isystem: the server's headers are not ours to warn about (gcc then ignores PGXS's own -I of the same folder).
PG_CPPFLAGS = -I$(CURDIR) -isystem $(shell $(PG_CONFIG) --includedir-server) -MMD -MP
PG_CXXFLAGS = -std=gnu++20 -DNDEBUG -fvisibility=hidden -Wall -Wextra -Wno-register $(FKAUDIT_CXXFLAGS)

# No bitcode: inlining C++ with exceptions into a JIT-compiled query gains nothing here.
override with_llvm := no
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# What runs for each row.
HOT = heap_reader key_gatherer parent_keys scan_pass spill_process
$(HOT:%=src/check/%.o) $(patsubst %.cpp,%.o,$(wildcard src/keys/*.cpp)): override CXXFLAGS += -O3

# With FKAUDIT_PRECOMPILED=yes, what nearly every file includes is compiled once, for machines that build all of it again and
# again, and a debugger is told of lines only. Without, and so in every release, each file lives on what it names itself.
ifeq ($(FKAUDIT_PRECOMPILED),yes)
override CXXFLAGS += -g1
PURE_OBJS = $(filter $(addprefix src/,model/% plan/% audit/% diagnose/% report/%),$(OBJS))
SERVER_OBJS = $(filter-out $(PURE_OBJS) $(HOT:%=src/check/%.o) src/keys/%,$(OBJS))
PRECOMPILED_pure = <algorithm> <charconv> <string> <vector> "src/model/database.hpp"
PRECOMPILED_server = $(addprefix "src/,$(addsuffix ", pg/postgres.hpp pg/compat.hpp pg/guard.hpp pg/result_set.hpp \
	pg/spi.hpp catalog/scope.hpp))

build/precompiled/%.hpp: Makefile
	mkdir -p $(@D)
	printf '#include %s\n' $(PRECOMPILED_$*:%='%') >$@
build/precompiled/%.hpp.gch: build/precompiled/%.hpp
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -x c++-header -o $@ $<
-include $(wildcard build/precompiled/*.d)

$(PURE_OBJS): private override CPPFLAGS += -include build/precompiled/pure.hpp
$(PURE_OBJS): build/precompiled/pure.hpp.gch
$(SERVER_OBJS): private override CPPFLAGS += -include build/precompiled/server.hpp
$(SERVER_OBJS): build/precompiled/server.hpp.gch
endif

# PostgreSQL 15 looks for expected files in the output directory, 16 and newer here.
regress-directory:
	mkdir -p build/regress
	ln -sfn $(CURDIR)/expected build/regress/expected
.PHONY: regress-directory

-include $(OBJS:.o=.d)
