/* store/schema/faults.c - what is wrong, collected. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/internal.h"

void faults_init(struct faults *f)
{
	memset(f, 0, sizeof(*f));
	f->operation = -1;
}

void faults_fini(struct faults *f)
{
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++) {
		mem_free(f->list[i].code);
		mem_free(f->list[i].field);
		mem_free(f->list[i].command);
		mem_free(f->list[i].detail);
		mem_free(f->list[i].path);
	}
	mem_free(f->list);
	faults_init(f);
}

/* "ephones/3" + "/buttons/2/dns" -> the IOS command of that field. */
static char *fault_command(const char *path, const char *field)
{
	struct schema_path p;
	char dotted[POINTER_MAX], out[128];

	if (!path || schema_path_parse(path, &p) != 0)
		return NULL;
	if (!field || field[0] != '/')
		return mem_strdup(p.obj->command);
	text_copy(dotted, sizeof(dotted), field + 1);
	for (char *s = dotted; *s; s++) {
		if (*s == '/')
			*s = '.';
	}
	schema_command_of(p.obj, dotted, out, sizeof(out));
	return out[0] ? mem_strdup(out) : NULL;
}

void faults_add(struct faults *f, int err, const char *code, const char *path, const char *field,
		const char *fmt, ...)
{
	struct fault *x;
	char detail[512];
	va_list ap;

	if (f->n++ >= FAULTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	f->list = mem_realloc(f->list, f->n * sizeof(*f->list));
	x = &f->list[f->n - 1];
	*x = (struct fault){
		.err = err,
		.code = mem_strdup(code ? code : err_code(err)),
		.field = mem_strdup(field),
		.command = fault_command(path, field),
		.detail = mem_strdup(detail),
		.path = mem_strdup(path),
		.operation = f->operation,
	};
}

void fault_missing(struct faults *f, struct faults *warnings, const char *path, const char *field,
		   const char *kind, const char *name)
{
	faults_add(f->lenient ? warnings : f, ERR_CONFLICT, "unknown_reference", path, field,
		   "%s %s is not configured", kind, name);
}

int faults_err(const struct faults *f)
{
	return f->n ? f->list[0].err : 0;
}
