/* server/cli/cli.c - one table of commands. Those that need the store open it themselves: the
 * server must not be running then, and the store says so. */
#include "server/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "server/cli/ask.h"
#include "server/cli/move.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/auth/auth.h"
#include "store/schema/schema.h"
#include "store/store.h"

#define ARCHIVE_MAX   (256u << 20)
#define REFERENCE_MAX (16u << 20)
#define PASSWORD_MAX  256
#define WHY_MAX       512
#define WORDS         "WORDS" /* arguments of a command that the running server understands */

struct invocation {
	struct options opt;
	int argc; /* what is left behind the command: arguments, then options */
	char **argv;
	int (*serve)(const struct options *opt);
};

static int fail(const char *what)
{
	fprintf(stderr, "switchroom: %s\n", what);
	return 1;
}

static int read_options(struct invocation *in, int from)
{
	char why[WHY_MAX];

	options_init(&in->opt);
	if (options_read(&in->opt, in->argc, in->argv, from, why, sizeof(why))) {
		fail(why);
		return 2;
	}
	if (!in->opt.data[0]) {
		fail("which data directory? Give --data DIR");
		return 2;
	}
	return 0;
}

/* FILE or USER stands before the options. */
static bool has_argument(const struct invocation *in)
{
	return in->argc > 0 && strncmp(in->argv[0], "--", 2) != 0;
}

static int run_serve(struct invocation *in)
{
	int rc = read_options(in, 0);

	return rc ? rc : in->serve(&in->opt);
}

static int open_store(struct invocation *in, struct store **store)
{
	struct store_options so = { .dir = in->opt.data, .clock = &clock_system };
	char why[WHY_MAX];

	log_setup(LOG_WARN, LOG_PLAIN, STDERR_FILENO);
	return store_open(store, &so, why, sizeof(why)) ? fail(why) : 0;
}

/* A line from standard input, unseen when it is a terminal. */
static int read_secret(const char *prompt, char *out, size_t cap)
{
	struct termios old, quiet;
	bool terminal = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &old);
	char *got;

	if (terminal) {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fprintf(stderr, "%s: ", prompt);
		tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
	}
	got = fgets(out, (int)cap, stdin);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
		fputc('\n', stderr);
	}
	if (!got)
		return ERR_MALFORMED;
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static int run_reset_password(struct invocation *in)
{
	char password[PASSWORD_MAX];
	struct store *store;
	int rc = has_argument(in)
		     ? read_options(in, 1)
		     : fail("whose password? switchroom reset-password USER --data DIR");
	int err;

	if (rc || open_store(in, &store))
		return 1;
	err = read_secret("New password", password, sizeof(password));
	if (!err)
		err = auth_reset_password(store, in->argv[0], password);
	mem_wipe(password, sizeof(password));
	store_close(store);
	if (err == ERR_MALFORMED)
		return fail("no password was given");
	if (err == ERR_RANGE) {
		fprintf(stderr, "switchroom: a password has %d to %d characters\n",
			AUTH_PASSWORD_MIN, AUTH_PASSWORD_MAX);
		return 1;
	}
	return err ? fail(err_text(err)) : 0;
}

static int write_file(void *ctx, const void *p, size_t len)
{
	return fwrite(p, 1, len, ctx) == len ? 0 : err_from_errno(errno);
}

/* NULL in the environment: none; the passphrase never stands on a command line. */
static const char *passphrase(void)
{
	return getenv("SWITCHROOM_PASSPHRASE");
}

static int run_backup(struct invocation *in)
{
	int rc = has_argument(in) ? read_options(in, 1)
				  : fail("which file? switchroom backup FILE --data DIR");
	struct store *store;
	FILE *f;
	int err;

	if (rc || open_store(in, &store))
		return 1;
	f = fopen(in->argv[0], "wxe");
	err = f ? store_backup(store, passphrase(), write_file, f) : err_from_errno(errno);
	if (f && (fflush(f) || fsync(fileno(f)) || fclose(f)) && !err)
		err = err_from_errno(errno);
	store_close(store);
	if (err) {
		fprintf(stderr, "switchroom: %s: %s\n", in->argv[0], err_text(err));
		return 1;
	}
	if (!passphrase())
		fprintf(stderr, "without SWITCHROOM_PASSPHRASE the archive holds no passwords\n");
	return 0;
}

static char *read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct text t;
	char buf[65536];

	if (!f)
		return NULL;
	text_init(&t, ARCHIVE_MAX);
	while ((*len = fread(buf, 1, sizeof(buf), f)) > 0)
		text_addn(&t, buf, *len);
	fclose(f);
	*len = t.len;
	return text_take(&t);
}

static int run_restore(struct invocation *in)
{
	int rc = has_argument(in) ? read_options(in, 1)
				  : fail("which file? switchroom restore FILE --data DIR");
	struct store_commit info = { .who = "command line", .comment = "restore of a backup" };
	cJSON *report = NULL;
	struct store *store;
	size_t len;
	char *archive, *text;
	int err;

	if (rc || open_store(in, &store))
		return 1;
	archive = read_whole(in->argv[0], &len);
	err = archive ? store_restore(store, archive, len, passphrase(), false, &info, &report)
		      : ERR_NOENT;
	text = report ? cJSON_Print(report) : NULL;
	if (text)
		puts(text);
	cJSON_free(text);
	cJSON_Delete(report);
	mem_free(archive);
	store_close(store);
	if (err)
		fprintf(stderr, "switchroom: %s: %s\n", in->argv[0], err_text(err));
	return err ? 1 : 0;
}

static int run_show(struct invocation *in)
{
	return ask_show(in->argc, in->argv);
}

/* The command itself is the first word: "clear", "reset". */
static int run_exec(struct invocation *in)
{
	return ask_exec(in->argv[-1], in->argc, in->argv);
}

static int run_settings(struct invocation *in)
{
	struct text t;

	(void)in;
	text_init(&t, REFERENCE_MAX);
	schema_reference(&t);
	fputs(t.buf, stdout);
	text_fini(&t);
	return 0;
}

static int run_version(struct invocation *in)
{
	(void)in;
	puts("switchroom " SWITCHROOM_VERSION);
	return 0;
}

static int run_help(struct invocation *in);

static int run_import(struct invocation *in)
{
	return cli_import(in->argc, in->argv);
}

static int run_export(struct invocation *in)
{
	return cli_export(in->argc, in->argv);
}

static const struct command {
	const char *name, *args, *help;
	int (*run)(struct invocation *in);
} commands[] = {
	{ "serve", "", "run the appliance", run_serve },
	{ "import", "FILE",
	  "read a running configuration (--replace --dry-run --confirm MINUTES --comment TEXT "
	  "--apply); - is standard input",
	  run_import },
	{ "export", "", "print the running configuration (--all --secrets --revision N)",
	  run_export },
	{ "backup", "FILE",
	  "write one archive of the configuration (server stopped; else use the browser)",
	  run_backup },
	{ "restore", "FILE",
	  "take the configuration from an archive, as a new revision (server stopped)",
	  run_restore },
	{ "reset-password", "USER", "set an administrator's password (server stopped)",
	  run_reset_password },
	{ "show", WORDS, "ask the running server as on IOS: show ephone summary, show ?",
	  run_show },
	{ "clear", WORDS, "clear telephony-service ephone-attempted-registrations and the like",
	  run_exec },
	{ "reset", WORDS,
	  "reset ephone 3, reset telephony-service all, reset voice register pool 5", run_exec },
	{ "restart", WORDS, "the same as a restart", run_exec },
	{ "create", WORDS, "create cnf-files, create profile", run_exec },
	{ "settings", "", "print the reference page of every setting", run_settings },
	{ "version", "", "print the version", run_version },
	{ "help", "", "print this", run_help },
};

static int run_help(struct invocation *in)
{
	struct text t;

	(void)in;
	text_init(&t, 1u << 16);
	text_add(&t, "switchroom COMMAND [FILE or USER] --data DIR [OPTION...]\n\ncommands\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		char left[64];

		snprintf(left, sizeof(left), "%s %s", commands[i].name, commands[i].args);
		text_addf(&t, "  %-28s %s\n", left, commands[i].help);
	}
	text_add(
	    &t,
	    "\noptions (also as SWITCHROOM_... in the environment, or a line \"name = value\" in "
	    "DIR/switchroom.conf;\na port may be \"off\", or 0 for any free one)\n");
	options_help(&t);
	fputs(t.buf, stdout);
	text_fini(&t);
	return 0;
}

/* By its name; commands in words also by a beginning that no other one of them has, as on IOS. */
static const struct command *find_command(const char *name)
{
	const struct command *found = NULL;
	size_t len = strlen(name), n = 0;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
		if (len < 2 || strcmp(commands[i].args, WORDS) != 0 ||
		    strncmp(commands[i].name, name, len) != 0)
			continue;
		found = &commands[i];
		n++;
	}
	return n == 1 ? found : NULL;
}

int cli_main(int argc, char **argv, int (*serve)(const struct options *opt))
{
	const char *name = argc > 1 ? argv[1] : "help";
	struct invocation in = { .argc = argc - 2, .argv = argv + 2, .serve = serve };
	const struct command *command;

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	if (argc < 2)
		in.argc = 0;
	command = find_command(name);
	if (command)
		return command->run(&in);
	fprintf(stderr, "switchroom: %s is not a command; see switchroom help\n", name);
	return 2;
}
