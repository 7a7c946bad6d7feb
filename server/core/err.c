/* server/core/err.c - texts of the error list. */
#include "server/core/err.h"

#include <errno.h>
#include <stddef.h>

struct err_row {
	int http;
	const char *code, *text;
};

#define ERR_ROW_(name, http, code, text) { http, code, text },
static const struct err_row rows[] = { ERR_LIST(ERR_ROW_) };
#undef ERR_ROW_

static const struct err_row ok = { 200, "ok", "OK" };

static const struct err_row *row(int err)
{
	if (err >= 0)
		return &ok;
	if (err < -ERR_COUNT)
		return &rows[ERR_IDX_INTERNAL];
	return &rows[-1 - err];
}

const char *err_text(int err)
{
	return row(err)->text;
}

const char *err_code(int err)
{
	return row(err)->code;
}

int err_http(int err)
{
	return row(err)->http;
}

int err_from_errno(int sys)
{
	switch (sys) {
	case 0:
		return 0;
	case ENOSPC:
	case EDQUOT:
		return ERR_DISK_FULL;
	case ENOENT:
		return ERR_NOENT;
	case EEXIST:
	case EADDRINUSE:
		return ERR_EXIST;
	case EACCES:
	case EPERM:
		return ERR_PERM;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
		return ERR_AGAIN;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	case ECONNRESET:
	case EPIPE:
		return ERR_CLOSED;
	default:
		return ERR_IO;
	}
}
