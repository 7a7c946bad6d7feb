/* tests/replay/test_sip.c - plays every scenario of tests/replay/sip through the whole SIP engine. */
#include "tests/support/test.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/mem.h"
#include "tests/support/sip_rig.h"

static void scenario(void **state)
{
	struct sip_rig *r = mem_zalloc(sizeof(*r));
	char *err;

	sip_rig_init(r);
	err = sip_rig_play(r, *state);
	sip_rig_fini(r);
	mem_free(r);
	if (err) {
		print_error("%s\n", err);
		mem_free(err);
		fail();
	}
}

int main(void)
{
	struct CMUnitTest tests[200];
	glob_t g;
	size_t n;
	int rc;

	if (glob("tests/replay/sip/*.rpl", 0, NULL, &g))
		return 1;
	n = g.gl_pathc < ARRAY_LEN(tests) ? g.gl_pathc : ARRAY_LEN(tests);
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = strrchr(g.gl_pathv[i], '/') + 1,
						.test_func = scenario,
						.initial_state = g.gl_pathv[i] };
	rc = _cmocka_run_group_tests("sip scenarios", tests, n, NULL, NULL);
	globfree(&g);
	return rc;
}
