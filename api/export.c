/* api/export.c - the configuration as lines of IOS. */
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"

#define EXPORT_MAX (64u << 20)

static int read_switch(struct api_req *r, const char *name, bool *on)
{
	const char *s = api_query(r, name);

	*on = s && !strcmp(s, "true");
	if (s && !*on && strcmp(s, "false") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "%s is true or false", name);
	return 0;
}

static int open_revision(struct api_req *r, struct conf **out)
{
	int64_t number;
	int err = api_query_int(r, "revision", 0, INT64_C(9000000000000000), -1, &number);

	if (err)
		return err;
	if (number < 0)
		return conf_open(r->api->opt.store, out);
	err = conf_open_at(r->api->opt.store, (uint64_t)number, out);
	return err == ERR_NOENT
		   ? api_fault(r, err, NULL, "", "There is no revision %lld", (long long)number)
		   : err;
}

int api_export_get(struct api_req *r)
{
	struct ios_print opt = { .store = r->api->opt.store };
	struct conf *c = NULL;
	struct text t;
	bool all;
	int err = read_switch(r, "secrets", &opt.secrets);

	err = err ? err : read_switch(r, "all", &all);
	if (err)
		return err;
	if (opt.secrets && r->who.role != ROLE_ADMIN)
		return api_fault(r, ERR_PERM, NULL, "",
				 "Passwords are exported for administrators only");
	err = open_revision(r, &c);
	if (err)
		return err;
	text_init(&t, EXPORT_MAX);
	err = all ? ios_export_all(c, &opt, &t) : ios_export(c, &opt, &t);
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
