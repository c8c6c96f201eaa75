/* Joins the command line with the rooms it may not know of: the daemon. */
#include "cli/cli.h"
#include "core/text.h"
#include "daemon/daemon.h"

static int run(int argc, char **argv);

static const Command cmd_run = {
	.name = "run",
	.summary = "carry the plan out: the daemon, in the foreground",
	.usage = "carene run PLAN [--data DIR] [--listen ADDRESS:PORT] [--dns SERVERS] [--ca-file "
	         "FILE] [--lanes N]",
	.options_help =
	        "  --data DIR              where its memory is kept; one daemon per folder\n"
	        "  --listen ADDRESS:PORT   status page, links, heartbeats, metrics; none by "
	        "default\n"
	        "  --dns SERVERS           name servers for probes, ip[:port],…; default: the "
	        "system's\n"
	        "  --ca-file FILE          trusted certificates, PEM; default: the system's\n"
	        "  --max-store MIB         the store may not grow past this\n"
	        "  --lanes N               threads that probe; 0: none beside the main one; "
	        "default: one "
	        "less than CPUs\n",
	.run = run,
};

static int run(int argc, char **argv)
{
	DaemonOptions o = { .load = cli_load_plan };
	const char *data = NULL, *max_store = NULL, *lanes = NULL;
	char folder[4096];
	int64_t mib = 0, lanes_n = -1;
	const CliOption options[] = {
		{ "--data", NULL, &data },           { "--listen", NULL, &o.listen },
		{ "--dns", NULL, &o.dns },           { "--ca-file", NULL, &o.ca_file },
		{ "--max-store", NULL, &max_store }, { "--lanes", NULL, &lanes }
	};

	if (!cli_options(&cmd_run, &argc, argv, options, COUNT_OF(options)))
		return err_exit(ERR_USAGE);
	if (argc != 2)
		return cli_usage(&cmd_run, argc < 2 ? "which plan?" : "one plan at a time");
	if (max_store && (!text_int(max_store, &mib) || mib < 1 || mib > 1 << 20))
		return cli_usage(&cmd_run, "'%s' is not a number of MiB", max_store);
	if (lanes && (!text_int(lanes, &lanes_n) || lanes_n < 0 || lanes_n > DAEMON_LANES_MAX))
		return cli_usage(&cmd_run, "'%s' is not a number of lanes (0 to %d)", lanes,
		                 DAEMON_LANES_MAX);
	o.lanes = (int)lanes_n;
	o.plan_path = argv[1];
	o.data = cli_data(data, folder);
	o.store_max_bytes = mib << 20;
	return daemon_run(&o);
}

int main(int argc, char **argv)
{
	static const Command *const more[] = { &cmd_run, NULL };

	return cli_main(argc, argv, more);
}
