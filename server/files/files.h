/* server/files/files.h - one resolver: name -> immutable bytes; used by TFTP and HFS alike, so that
 * both give the same bytes or the same absence (DESIGN 9). Any thread; may block on a cached file
 * read, never on a peer. */
#ifndef FILES_FILES_H
#define FILES_FILES_H

#include <stdint.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "server/core/net.h"
#include "server/core/text.h"

struct files;
struct store;
struct phones;

#define FILES_NAME_MAX  127         /* longer names are a miss */
#define FILES_CACHE_MAX (64u << 20) /* bytes of rendered files kept */

enum files_source { FILE_GENERATED, FILE_BOUND, FILE_FIRMWARE, FILE_UPLOADED, FILE_HOME };

struct file_view {           /* immutable; safe to share; released with files_close() */
	const uint8_t *data; /* the whole file when in memory, else NULL */
	int fd;              /* else read it from here with pread(); -1 */
	uint64_t size;
	enum files_source source;
	uint64_t revision; /* of the configuration it was rendered from; 0 = a disk file */
	char name[FILES_NAME_MAX + 1]; /* canonical name */
	void *impl;
};

struct files_miss {
	char nearest[FILES_NAME_MAX + 1]; /* nearest existing name; "" */
	char reason[96];                  /* one sentence for the timeline */
};

/* `dir`: data directory (uploaded files below it). */
int files_new(struct files **out, struct store *store, const char *dir);
void files_free(struct files *f);
/* 0 and *view, or ERR_NOENT / ERR_PERM (escape, not trusted) with *miss filled. `peer` may be NULL.
 */
int files_open(struct files *f, const char *name, const struct net_addr *peer,
	       struct file_view **view, struct files_miss *miss);
/* One phrase for a timeline: "the nearest name is ...", else the reason. */
void files_miss_note(const struct files_miss *miss, char *out, size_t cap);
void files_close(struct file_view *view); /* NULL is allowed */
/* Bytes [at, at+len) -> buf; number read, or ERR_IO. */
long files_read(const struct file_view *view, uint64_t at, void *buf, size_t len);
/* Render anew: something outside the configuration has changed what files say (stamps set by hand). */
void files_forget(struct files *f);
/* For REST: generated files of one device (name, size, sha256, stamp); NULL device: all names. */
cJSON *files_describe(struct files *f, const char *device);
/* What was asked for and is not here, newest first: name, nearest, reason, count, last_at. */
cJSON *files_misses(struct files *f);
/* What is stored below the data directory (`show flash:`): {items: [{name, length, directory, modified_at}],
 * free_bytes, used_bytes}. New tree. */
cJSON *files_flash(const char *data_dir);
/* The folder behind `hfs home-path`, "" when none is configured; returns out. */
const char *files_home(struct files *f, char *out, size_t cap);

#endif
