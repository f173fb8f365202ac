#include "src/check/worker_count.hpp"

#include <climits>

#include "src/pg/compat.hpp"
#include "src/pg/settings.hpp"

namespace fkaudit::check {

namespace {

/// May ereport.
int workers_for_size(std::uint64_t blocks) {
    if (blocks < static_cast<std::uint64_t>(min_parallel_table_scan_size)) return 0;
    int workers = 1;
    for (auto threshold = std::max<std::uint64_t>(static_cast<std::uint64_t>(min_parallel_table_scan_size), 1);
         blocks >= threshold * 3 && threshold <= INT_MAX / 3; threshold *= 3)
        ++workers;
    return workers;
}

/// By all partitions together; `parallel_workers` of a table says it instead. May ereport.
int workers_for_tables(std::span<model::oid const> tables) {
    std::uint64_t blocks = 0;
    int told = -1;
    for (auto const id : tables) {
        Relation const table = table_open(id, NoLock);
        // Its pages are in the memory of this process, and so are those of its parents, which are temporary, too.
        bool const is_temporary = RelationUsesLocalBuffers(table);
        blocks += RelationGetNumberOfBlocks(table);
        told = std::max(told, RelationGetParallelWorkers(table, -1));
        table_close(table, NoLock);
        if (is_temporary) return 0;
    }
    return told >= 0 ? told : workers_for_size(blocks);
}

int most_workers() noexcept { return IsParallelWorker() || IsInParallelMode() ? 0 : pg::max_parallel_workers(); }

}  // namespace

int choose_workers(scan_pass& pass, purpose_of_workers purpose) {
    auto const tables = pass.tables();
    return pg::guarded([&] {
        int const most = most_workers();
        if (most == 0 || purpose == purpose_of_workers::none) return 0;
        return std::min(workers_for_tables(tables), most);
    });
}

int choose_workers(model::arena& arena, prepared_key const& prepared) {
    auto const parents = heaps(arena, prepared.parent_tables), children = heaps(arena, prepared.child_tables);
    auto const tables = arena.array<model::oid>(parents.size() + children.size());
    std::copy(children.begin(), children.end(), std::copy(parents.begin(), parents.end(), tables.begin()));
    return pg::guarded([&] {
        int const most = most_workers();
        return most == 0 ? 0 : std::min(workers_for_tables(tables), most);
    });
}

}  // namespace fkaudit::check
