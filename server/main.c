/* server/main.c - the map: start in order, run, stop in reverse. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/cli/cli.h"
#include "server/cli/privileges.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/run/app.h"

static const struct part {
	const char *name;
	int (*start)(struct app *a);
	void (*stop)(struct app *a);
} parts[] = {
	{ "watchers", NULL, stop_watchers },
	{ "store", start_store, stop_store },
	{ "accounts", start_auth, stop_auth },
	{ "loops", start_loops, stop_loops },
	{ "phones", start_phones, stop_phones },
	{ "files", start_files, stop_files },
	{ "tftp", start_tftp, stop_tftp },
	{ "sntp", start_sntp, stop_sntp },
	{ "sip", start_sip, stop_sip },
	{ "sccp", start_sccp, stop_sccp },
	{ "hfs", start_hfs, stop_hfs },
	{ "threads", start_threads, stop_threads },
	{ "certificate", start_certificate, NULL },
	{ "administration", start_api, stop_api },
	{ "feed", start_feed, stop_feed },
};

/* Thousands of phones over TCP are thousands of descriptors; the usual soft limit is 1,024. */
static void raise_descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &lim))
		log_warn(LOG_MAIN, "descriptors_not_raised", "to=%llu",
			 (unsigned long long)lim.rlim_max);
}

static int serve(const struct options *opt)
{
	struct app a = { .opt = opt, .lock = PTHREAD_MUTEX_INITIALIZER };
	size_t started = 0;
	int err = 0;

	log_setup(opt->log_level, opt->log_format, STDERR_FILENO);
	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	if (privileges_drop(opt->user, opt->data, a.why, sizeof(a.why))) {
		fprintf(stderr, "switchroom: %s\n", a.why);
		return 1;
	}
	for (; started < ARRAY_LEN(parts) && !err; started++) {
		a.why[0] = '\0';
		err = parts[started].start ? parts[started].start(&a) : 0;
	}
	if (!err)
		app_run(&a);
	else
		fprintf(stderr, "switchroom: %s does not start: %s\n", parts[started - 1].name,
			a.why[0] ? a.why : err_text(err));
	if (err)
		started--; /* the failed part has cleaned up behind itself */
	while (started--)
		if (parts[started].stop)
			parts[started].stop(&a);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	return cli_main(argc, argv, serve);
}
