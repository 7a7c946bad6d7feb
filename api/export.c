/* api/export.c - the configuration as lines of IOS. */
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"

#define EXPORT_MAX (64u << 20)

int api_export_get(struct api_req *r)
{
	const char *secrets = api_query(r, "secrets");
	struct ios_print opt = { .store = r->api->opt.store,
				 .secrets = secrets && !strcmp(secrets, "true") };
	struct conf *c = NULL;
	struct text t;
	int err;

	if (opt.secrets && r->who.role != ROLE_ADMIN)
		return api_fault(r, ERR_PERM, NULL, "",
				 "Passwords are exported for administrators only");
	err = conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	text_init(&t, EXPORT_MAX);
	err = ios_export(c, &opt, &t);
	conf_close(c);
	if (!err && t.overflow)
		err = ERR_TOO_BIG;
	if (!err)
		api_text(r, 200, "text/plain; charset=utf-8", t.buf ? t.buf : "", t.len);
	if (t.buf)
		mem_wipe(t.buf, t.len);
	text_fini(&t);
	return err;
}
