/* The composition root: the real world, the store, the engine, the listener and
 * the control socket, put together and run until told to stop.
 *
 * Signals: TERM and INT stop, HUP reloads the plan. Started by systemd with
 * Type=notify it says when it is ready. Two daemons never share a data folder. */
#pragma once
#include "core/err.h"
#include "plan/plan.h"

#include <stdint.h>

enum { DAEMON_LANES_MAX = 16 };

typedef struct DaemonOptions {
	const char *plan_path;
	const char *data;    /* folder, made when absent (0700) */
	const char *listen;  /* "ADDR:PORT", "PORT"; NULL: no listener */
	const char *dns;     /* DNS servers for probes; NULL: the system's */
	const char *ca_file; /* trust store; NULL: the system's */
	/* Reads and loads the plan; on failure sets err and may print findings. */
	/* `running`: what of the plan may be as it was; NULL: there is none yet. */
	Plan *(*load)(const char *path, const Plan *running, Err *err);
	int64_t store_max_bytes; /* 0: no limit */
	int lanes;               /* threads for probes; 0: none, on the loop itself; -1: by CPUs */
} DaemonOptions;

/* Runs in the foreground; the exit status. Errors are printed to stderr, once. */
int daemon_run(const DaemonOptions *options);

/* Path of the control socket in a data folder. */
const char *control_path(const char *data, char out[108], Err *err);
