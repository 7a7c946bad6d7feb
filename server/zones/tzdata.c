/* server/zones/tzdata.c - the zones in use, kept in memory. tzdata is small and only a few zones
 * are ever asked for; a bounded table and one lock for the length of a look-up do. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/zones/tzif.h"
#include "server/zones/zones.h"

#define ZONEINFO_DIR "/usr/share/zoneinfo"
#define ZONES_KEPT   128
#define ZONE_NAME    48
#define LOOK_AGAIN_S \
	60 /* of the asker's clock: an upgraded tzdata is noticed without a restart \
	    */

struct entry {
	char name[ZONE_NAME];
	struct tzif tz;
	struct timespec mtime;
	ino_t ino;
	int64_t looked_s;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry entries[ZONES_KEPT]; /* guarded by `lock` */
static size_t entries_n, next_out;

/* Area/City and the few names without an area; nothing that could leave the folder. */
static bool name_ok(const char *iana)
{
	size_t len = strlen(iana);

	if (len == 0 || len >= ZONE_NAME || iana[0] == '/' || strstr(iana, ".."))
		return false;
	return strspn(iana, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
	       len;
}

static int read_file(int fd, struct tzif *tz)
{
	static uint8_t buf[TZIF_MAX]; /* under `lock` */
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(buf) && (got = read(fd, buf + n, sizeof(buf) - n)) > 0)
		n += (size_t)got;
	return tzif_parse(tz, buf, n);
}

static int load(struct entry *e)
{
	char path[sizeof(ZONEINFO_DIR) + ZONE_NAME + 1];
	struct stat st;
	struct tzif tz;
	int fd, err = ERR_NOENT;

	snprintf(path, sizeof(path), "%s/%s", ZONEINFO_DIR, e->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return ERR_NOENT;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		err = 0;
		if (st.st_ino != e->ino || st.st_mtim.tv_sec != e->mtime.tv_sec ||
		    st.st_mtim.tv_nsec != e->mtime.tv_nsec) {
			err = read_file(fd, &tz) ? ERR_NOENT : 0;
			if (!err) {
				tzif_fini(&e->tz);
				e->tz = tz;
				e->ino = st.st_ino;
				e->mtime = st.st_mtim;
			}
		}
	}
	close(fd);
	return err;
}

static struct entry *find(const char *iana)
{
	for (size_t i = 0; i < entries_n; i++) {
		if (strcmp(entries[i].name, iana) == 0)
			return &entries[i];
	}
	return NULL;
}

/* A known zone stays known while tzdata is being replaced under us. */
static struct entry *get(const char *iana, int64_t wall_s)
{
	struct entry *e = find(iana), fresh = { .looked_s = wall_s };

	if (e) {
		if (wall_s - e->looked_s >= LOOK_AGAIN_S || wall_s < e->looked_s) {
			e->looked_s = wall_s;
			(void)load(e);
		}
		return e;
	}
	text_copy(fresh.name, sizeof(fresh.name), iana);
	if (load(&fresh))
		return NULL;
	e = entries_n < ZONES_KEPT ? &entries[entries_n++] : &entries[next_out++ % ZONES_KEPT];
	tzif_fini(&e->tz);
	*e = fresh;
	return e;
}

int zone_offset(const char *iana, int64_t wall_s, int *offset_s, bool *dst)
{
	struct entry *e;

	if (!iana || !name_ok(iana))
		return ERR_NOENT;
	pthread_mutex_lock(&lock);
	e = get(iana, wall_s);
	if (e)
		*offset_s = tzif_offset(&e->tz, wall_s, dst);
	pthread_mutex_unlock(&lock);
	return e ? 0 : ERR_NOENT;
}
