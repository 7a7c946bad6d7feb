/* tests/support/test.c - helpers for cmocka tests. */
#include "tests/support/test.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/core/mem.h"

void req_proved(const char *id)
{
	const char *path = getenv("REQ_LOG");
	FILE *f = path ? fopen(path, "a") : NULL;

	if (!f)
		return;
	fprintf(f, "%s\n", id);
	fclose(f);
}

char *test_tmpdir(void)
{
	const char *base = getenv("TMPDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/switchroom-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(path));
	return mem_strdup(path);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void test_rmdir(char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mem_free(dir);
}
