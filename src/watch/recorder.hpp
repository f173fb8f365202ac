#pragma once

namespace fkaudit::watch {

/// Begins to watch the errors of this server's sessions for violated foreign keys: hooks around the end of each query and
/// around utility commands, and one on what goes to the server log, each of which calls the one that was there before.
/// Called once, by _PG_init, after the counters were reserved. `is_on` is asked at every error: fkaudit.track.
void install_recorder(bool const& is_on);

}  // namespace fkaudit::watch
