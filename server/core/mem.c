/* server/core/mem.c - allocations that end the process when memory is out. */
#include "server/core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t size)
{
	if (!p && size) {
		fprintf(stderr, "switchroom: out of memory (%zu bytes)\n", size);
		abort();
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return checked(malloc(size), size);
}

void *mem_zalloc(size_t size)
{
	return checked(calloc(1, size), size);
}

void *mem_realloc(void *p, size_t size)
{
	return checked(realloc(p, size), size);
}

void *mem_dup(const void *p, size_t size)
{
	void *d = mem_alloc(size ? size : 1);

	if (size)
		memcpy(d, p, size);
	return d;
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
	char *d = mem_alloc(len + 1);

	if (len)
		memcpy(d, s, len);
	d[len] = '\0';
	return d;
}

void mem_free(void *p)
{
	free(p);
}

void mem_wipe(void *p, size_t size)
{
	explicit_bzero(p, size);
}
