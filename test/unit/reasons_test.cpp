#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace fkaudit::test {
namespace {

/// A test in which a key is not examined for this reason.
struct reached {
    char const* reason;
    char const* how;
    char const* where;  ///< the expected output, or the TAP test
};

/// Where each value of fk_check's `reason` is reached. A reason that has no line here, or whose test does not show it,
/// is one that nobody has seen.
constexpr reached table[] = {
    {"no_privilege", "no SELECT on the key's columns, no USAGE on the schema", "expected/check_privileges.out"},
    {"no_privilege", "the extension's schema is hidden", "expected/extension.out"},
    {"row_security", "policies that apply to the caller, FORCE included", "expected/check_row_security.out"},
    {"lock_not_available", "lock_timeout, a deadlock", "test/isolation/expected/check_locks.out"},
    {"lock_not_available", "a lock that recovery holds", "test/tap/030_standby.pl"},
    {"pending_deferred", "SET CONSTRAINTS DEFERRED", "expected/check_safe.out"},
    {"pending_deferred", "in the middle of a statement", "test/isolation/expected/check_isolation_levels.out"},
    {"vanished", "dropped, rebuilt, renamed before the lock", "test/isolation/expected/check_ddl_meanwhile.out"},
    {"temporary_of_other_session", "another session's temporary table, named", "test/tap/011_temporary_tables.pl"},
    {"unlogged_on_standby", "a child, a parent, a leaf partition", "test/tap/030_standby.pl"},
    {"newer_than_snapshot", "rewritten, or with another partition, since the snapshot",
     "test/isolation/expected/check_isolation_levels.out"},
    {"unsupported", "an engine that is forced and cannot serve the key", "expected/check_engine.out"},
    {"unsupported", "code of others that could run", "expected/check_untrusted_code.out"},
    {"error", "an operator or a cast that fails", "expected/check_settings.out"},
    {"error", "corrupt pages, missing files, temp_file_limit", "test/tap/035_unreadable_tables.pl"},
    {"error", "a damaged row of pg_constraint", "expected/damaged_catalog.out"},
};

std::string read(std::string const& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file) << path << " cannot be read (from the top of the checkout)";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string without_spaces(std::string text) {
    text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
    return text;
}

/// The names that the code gives to its reasons.
std::set<std::string> all_reasons() {
    auto const source = read("src/check/verdict.cpp");
    std::set<std::string> names;
    std::istringstream lines(source);
    for (std::string line; std::getline(lines, line);) {
        auto const begin = line.find("return \"");
        if (line.find("case reason::") == std::string::npos || begin == std::string::npos) continue;
        auto const name = line.substr(begin + 8, line.rfind('"') - begin - 8);
        if (!name.empty()) names.insert(name);
    }
    return names;
}

TEST(Reasons, EachIsReachedByATest) {
    auto const names = all_reasons();
    EXPECT_EQ(names.size(), 10U);
    for (auto const& name : names)
        EXPECT_TRUE(
            std::any_of(std::begin(table), std::end(table), [&](auto const& one) { return name == one.reason; }))
            << name << " is reached by no test";
    for (auto const& one : table) EXPECT_TRUE(names.count(one.reason)) << one.reason << " is no reason";
}

/// As a column's value, or as the end of a row that psql -A prints.
bool shows(std::string const& text, std::string const& reason) {
    for (auto at = text.find(reason); at != std::string::npos; at = text.find(reason, at + 1)) {
        auto const after = at + reason.size();
        if (at > 0 && text[at - 1] == '|' && after < text.size() &&
            std::string("|\n'\"").find(text[after]) != std::string::npos)
            return true;
    }
    return false;
}

TEST(Reasons, EachTestShowsIt) {
    for (auto const& [reason, how, where] : table) {
        auto const text = without_spaces(read(where));
        EXPECT_TRUE(shows(text, reason)) << where << " does not show " << reason << ": " << how;
    }
}

TEST(Reasons, EachIsDocumented) {
    auto const reference = read("doc/fkaudit.md");
    for (auto const& name : all_reasons())
        EXPECT_NE(reference.find("| `" + name + "` |"), std::string::npos) << name << " is not in doc/fkaudit.md";
}

}  // namespace
}  // namespace fkaudit::test
