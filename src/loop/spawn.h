/* One program and everything it starts, as a tree that can be ended.
 *
 *   this program ──fork──▶ keeper ──fork──▶ program ──▶ whatever it starts
 *
 * The keeper is a copy of us that does nothing but wait for its children. It is a
 * child subreaper (prctl(2)): a grandchild that leaves the session or loses its
 * parent falls to the keeper, so the tree under it is complete, without cgroups.
 * It leads the session and the process group, ignores SIGTERM, and stays until its
 * tree is gone or we end it; so the group's number cannot be anybody else's.
 *
 * Whoever dies takes the next one along (PDEATHSIG), down to the program. */
#pragma once
#include "loop/loop.h"

#include <sys/types.h>

typedef struct Spawned {
	pid_t keeper;
	int pidfd;                /* of the keeper */
	int in, out, err, status; /* our ends, non-blocking; in is -1 without input */
} Spawned;

/* What the keeper (or, for SPAWN_FAILED, the child in place of the program) writes to
 * `status`, one whole Note at a time. */
typedef enum NoteKind { SPAWN_STARTED = 1, SPAWN_FAILED, SPAWN_ENDED } NoteKind;

typedef struct Note {
	int32_t kind;
	int32_t value; /* pid; errno; wait status */
	int64_t cpu_us, rss_bytes;
} Note;

/* argv[0] without a slash is looked up in the PATH of env. */
bool spawn_start(const char *const *argv, char *const *env, const char *cwd, bool input,
                 Spawned *ret, Err *err) MUST_CHECK;
void spawn_close(Spawned *s); /* our ends and the pidfd; harmless twice */

void spawn_signal_group(const Spawned *s, int signo); /* while the keeper is unreaped */
/* SIGKILL to every process under the keeper, not to the keeper; false: there was none. */
bool spawn_kill_tree(const Spawned *s);
void spawn_kill_keeper(const Spawned *s);
/* Takes the ended keeper's status; false: it still runs. */
bool spawn_reap(const Spawned *s);
