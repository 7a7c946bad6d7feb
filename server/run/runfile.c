/* server/run/runfile.c - the run file, written beside and renamed over. */
#include "server/run/runfile.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "server/core/err.h"

static void run_path(char path[PATH_MAX], const char *dir, const char *suffix)
{
	snprintf(path, PATH_MAX, "%s/switchroom.run%s", dir, suffix);
}

static char *describe(const struct engine_status *engines, size_t n)
{
	cJSON *top = cJSON_CreateObject(), *ports = cJSON_AddObjectToObject(top, "ports");
	char *text;

	cJSON_AddNumberToObject(top, "pid", getpid());
	for (size_t i = 0; i < n; i++)
		if (engines[i].on)
			cJSON_AddNumberToObject(ports, engines[i].name, engines[i].port);
	text = cJSON_Print(top);
	cJSON_Delete(top);
	return text;
}

int runfile_write(const char *dir, const struct engine_status *engines, size_t n)
{
	char path[PATH_MAX], fresh[PATH_MAX], *text = describe(engines, n);
	FILE *f;
	int err = 0;

	run_path(path, dir, "");
	run_path(fresh, dir, ".new");
	f = fopen(fresh, "we");
	if (!f || fputs(text, f) < 0)
		err = err_from_errno(errno);
	if (f && fclose(f) && !err)
		err = err_from_errno(errno);
	if (!err && rename(fresh, path))
		err = err_from_errno(errno);
	cJSON_free(text);
	return err;
}

void runfile_remove(const char *dir)
{
	char path[PATH_MAX];

	run_path(path, dir, "");
	(void)unlink(path);
}
