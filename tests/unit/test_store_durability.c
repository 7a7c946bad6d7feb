/* No acknowledged change is lost, and the store opens every time: killed at any moment, with failing
 * writes and syncs, with a full disk, with the power cut (DESIGN 12).
 *
 * This program is also the process that gets killed: `worker load DIR` writes as fast as it can,
 * `worker serve DIR` obeys lines on its standard input. Both run under faultfs.so, through whose control
 * struct they tell what has been acknowledged. DURABILITY_ROUNDS sets the number of kills. */
#include "tests/support/store_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/event.h"
#include "tests/support/preload/faultfs.h"

#define WRITERS 3  /* threads of the load worker */
#define SLOTS   16 /* objects each of them writes in turn */
#define ROUNDS  40

/* ---- the worker ---- */

static struct faultfs *control_map(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	struct faultfs *ctl = mmap(NULL, sizeof(*ctl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return ctl == MAP_FAILED ? NULL : ctl;
}

static int put_number(struct store *s, const char *const *paths, size_t n, uint64_t value,
		      struct store_commit *info)
{
	struct conf *c;
	int err = conf_open(s, &c);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		cJSON *v = cJSON_CreateObject();

		cJSON_AddNumberToObject(v, "n", (double)value);
		conf_put(c, paths[i], v);
	}
	err = store_commit(s, c, info);
	conf_close(c);
	return err;
}

struct load {
	struct store *store;
	struct faultfs *ctl;
	unsigned id;
	uint64_t next;
};

/* One change: two objects in one revision, then a record in a bucket. Only what all have acknowledged
 * is noted; a refusal (the disk fails) is repeated. */
static int load_step(struct load *l)
{
	struct store_commit info = { .who = "load" };
	char total[32], slot[32], number[32];
	const char *paths[] = { total, slot };
	struct store_put put = { .bucket = BUCKET_ACCOUNTS, .key = total, .value = number };
	int err;

	snprintf(total, sizeof(total), "total/%u", l->id);
	snprintf(slot, sizeof(slot), "slot/%u,%u", l->id, (unsigned)(l->next % SLOTS));
	put.len = (size_t)snprintf(number, sizeof(number), "%llu", (unsigned long long)l->next);
	event_emit(l->store, EV_PHONE_STEP, slot, EVENT_STR("text", number));
	err = put_number(l->store, paths, 2, l->next, &info);
	if (!err)
		err = store_put(l->store, &put, 1);
	if (!err)
		atomic_store(&l->ctl->acked[l->id], l->next++);
	return err;
}

static void *load_thread(void *arg)
{
	for (;;)
		if (load_step(arg))
			usleep(200);
	return NULL;
}

static int worker_load(struct store *s, struct faultfs *ctl)
{
	static struct load loads[WRITERS];
	pthread_t t;

	for (unsigned i = 0; i < WRITERS; i++) {
		loads[i] = (struct load){ s, ctl, i, atomic_load(&ctl->acked[i]) + 1 };
		if (pthread_create(&t, NULL, load_thread, &loads[i]))
			return 1;
	}
	for (;;)
		pause();
}

/* Changes that nobody confirms: each waits for a minute of the worker's clock, which is over at once. */
static void worker_confirm(struct store *s, struct faultfs *ctl, struct clock_fake *clock)
{
	static const char *const path = "a/1";
	struct store_put put = { .bucket = BUCKET_ACCOUNTS, .key = "x", .value = "y", .len = 1 };
	struct store_commit base = { .who = "test" },
			    info = { .who = "test", .confirm_minutes = 1 };

	while (!store_revision(s))
		if (put_number(s, &path, 1, 0, &base))
			usleep(200);
	for (;;) {
		uint64_t n = atomic_load(&ctl->acked[0]) + 1;

		if (!put_number(s, &path, 1, n, &info))
			atomic_store(&ctl->acked[0], n);
		clock_fake_advance_ms(clock, 60000);
		if (!store_put(s, &put, 1)) /* what comes later finds it taken back */
			atomic_store(&ctl->acked[1], atomic_load(&ctl->acked[0]));
	}
}

struct asked {
	struct store *store;
	char path[64];
	uint64_t value;
};

static void *serve_commit(void *arg)
{
	struct store_commit info = { .who = "test" };
	struct asked *a = arg;
	const char *path = a->path;

	printf("commit %d\n", put_number(a->store, &path, 1, a->value, &info));
	mem_free(a);
	return NULL;
}

static void serve_get(struct store *s, const char *path)
{
	struct conf *c;
	int err = conf_open(s, &c);
	const cJSON *v = err ? NULL : conf_get(c, path);

	if (err)
		printf("get error %d\n", err);
	else
		printf("get %d\n", v ? cJSON_GetObjectItem(v, "n")->valueint : -1);
	conf_close(err ? NULL : c);
}

static void serve_line(struct store *s, const char *line)
{
	struct asked a = { .store = s };
	unsigned long long n;
	pthread_t t;

	if (sscanf(line, "commit %63s %llu", a.path, &n) == 2) {
		a.value = n;
		pthread_create(&t, NULL, serve_commit, mem_dup(&a, sizeof(a)));
		pthread_detach(t);
	} else if (sscanf(line, "get %63s", a.path) == 1) {
		serve_get(s, a.path);
	} else if (sscanf(line, "event %llu", &n) == 1) {
		while (n--)
			event_emit_fields(s, EV_SYSTEM_STOPPED, NULL, &(struct event_field){ 0 });
	} else if (!strncmp(line, "state", 5)) {
		printf("state %llu %llu\n", (unsigned long long)store_revision(s),
		       (unsigned long long)journal_last(s));
	}
}

static int worker_main(const char *how, const char *dir)
{
	static struct clock_fake clock;
	struct store_options opt = { .dir = dir,
				     .clock =
					 strcmp(how, "confirm") ? &clock_system : &clock.clock };
	struct faultfs *ctl = control_map(getenv("FAULTFS_CONTROL"));
	char why[512], line[256];
	struct store *s;
	int err;

	log_setup(LOG_ERROR, LOG_PLAIN, open("/dev/null", O_WRONLY | O_CLOEXEC));
	setvbuf(stdout, NULL, _IOLBF, 0);
	clock_fake_init(&clock, clock_wall_ns(&clock_system));
	err = ctl ? store_open(&s, &opt, why, sizeof(why)) : ERR_IO;
	printf("open %d %s\n", err, err ? why : "");
	if (err)
		return 1;
	if (!strcmp(how, "load"))
		return worker_load(s, ctl);
	if (!strcmp(how, "confirm"))
		worker_confirm(s, ctl, &clock); /* until it is killed */
	while (fgets(line, sizeof(line), stdin))
		serve_line(s, line);
	store_close(s);
	return 0;
}

/* ---- the test's side ---- */

struct rig {
	struct store_rig store; /* open only between workers */
	char control[256], file[256], image[256];
	struct faultfs *ctl;
	pid_t pid;
	int to, from;
};

static int setup(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));
	int fd;

	r->store.dir = test_tmpdir();
	snprintf(r->control, sizeof(r->control), "%s.control", r->store.dir);
	snprintf(r->image, sizeof(r->image), "%s.image", r->store.dir);
	snprintf(r->file, sizeof(r->file), "%s/store.mdb", r->store.dir);
	fd = open(r->control, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, sizeof(struct faultfs)), 0);
	close(fd);
	r->ctl = control_map(r->control);
	assert_non_null(r->ctl);
	*state = r;
	return 0;
}

static void worker_kill(struct rig *r)
{
	if (r->pid <= 0)
		return;
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	close(r->to);
	close(r->from);
	r->pid = 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	worker_kill(r);
	store_close(r->store.store);
	munmap(r->ctl, sizeof(*r->ctl));
	unlink(r->control);
	unlink(r->image);
	test_rmdir(r->store.dir);
	mem_free(r);
	return 0;
}

/* faultfs.so stands in the build folder, above this program's. */
static void shim_path(char out[4096])
{
	ssize_t n = readlink("/proc/self/exe", out, 4000);

	assert_true(n > 0);
	out[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(out, '/') = '\0';
	strcat(out, "/faultfs.so");
	assert_int_equal(access(out, R_OK), 0);
}

static void worker_exec(struct rig *r, const char *how, bool image)
{
	char shim[4096], asan[512];

	shim_path(shim);
	setenv("LD_PRELOAD", shim, 1);
	setenv("FAULTFS_CONTROL", r->control, 1);
	setenv("FAULTFS_DIR", r->store.dir, 1);
	setenv("FAULTFS_FILE", r->file, 1);
	if (image)
		setenv("FAULTFS_IMAGE", r->image, 1);
	snprintf(asan, sizeof(asan), "%s:verify_asan_link_order=0:detect_leaks=0",
		 getenv("ASAN_OPTIONS") ? getenv("ASAN_OPTIONS") : "");
	setenv("ASAN_OPTIONS", asan, 1);
	execl("/proc/self/exe", "worker", how, r->store.dir, (char *)NULL);
	_exit(127);
}

static void worker_start(struct rig *r, const char *how, bool image)
{
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (!r->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		worker_exec(r, how, image);
	}
	close(in[0]);
	close(out[1]);
	r->to = in[1];
	r->from = out[0];
}

/* One line of the worker; false when none comes in time. */
static bool hear(struct rig *r, int timeout_ms, char line[512])
{
	size_t n = 0;

	while (n < 511) {
		struct pollfd p = { .fd = r->from, .events = POLLIN };

		if (poll(&p, 1, timeout_ms) <= 0 || read(r->from, line + n, 1) != 1)
			break;
		if (line[n] == '\n') {
			line[n] = '\0';
			return true;
		}
		n++;
	}
	line[n] = '\0';
	return false;
}

static void say(struct rig *r, const char *line)
{
	assert_int_equal(write(r->to, line, strlen(line)), strlen(line));
}

static void expect(struct rig *r, const char *want)
{
	char line[512];

	assert_true(hear(r, 40000, line));
	assert_string_equal(line, want);
}

static void ask(struct rig *r, const char *line, const char *want)
{
	say(r, line);
	expect(r, want);
}

static void expect_open(struct rig *r)
{
	expect(r, "open 0 ");
}

static void expect_error(struct rig *r, const char *line, int err)
{
	char want[32];

	snprintf(want, sizeof(want), "commit %d", err);
	ask(r, line, want);
}

/* ---- what must hold after every end of a worker ---- */

static uint64_t number_of(const cJSON *v)
{
	return v ? (uint64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(v, "n")) : 0;
}

static int next_seq(void *ctx, const struct journal_rec *rec)
{
	uint64_t *last = ctx;

	assert_int_equal(rec->seq, ++*last);
	return 0;
}

static int next_revision(void *ctx, const struct store_revision *rev)
{
	uint64_t *above = ctx;

	assert_int_equal(rev->number, --*above);
	return 0;
}

static void verify_writer(struct rig *r, struct conf *c, unsigned id)
{
	uint64_t acked = atomic_load(&r->ctl->acked[id]), slot, total;
	char path[32];
	void *value;

	snprintf(path, sizeof(path), "total/%u", id);
	total = number_of(conf_get(c, path));
	assert_in_range(total, acked, acked + 1); /* one may be done and not yet acknowledged */
	if (acked && store_get(r->store.store, BUCKET_ACCOUNTS, path, &value, NULL) == 0) {
		assert_in_range(strtoull(value, NULL, 10), acked, acked + 1);
		mem_free(value);
	} else {
		assert_int_equal(acked, 0);
	}
	for (uint64_t n = acked > SLOTS ? acked - SLOTS + 1 : 1; n <= acked; n++) {
		snprintf(path, sizeof(path), "slot/%u,%u", id, (unsigned)(n % SLOTS));
		slot = number_of(conf_get(c, path));
		/* This change, or the one not yet acknowledged that went to the same place. */
		assert_true(slot == n || (slot == total && slot % SLOTS == n % SLOTS));
	}
}

static void verify(struct rig *r)
{
	uint64_t seq, revision;
	struct conf *c;

	store_rig_open(&r->store);
	c = store_rig_conf(&r->store);
	for (unsigned i = 0; i < WRITERS; i++)
		verify_writer(r, c, i);
	conf_close(c);
	seq = journal_oldest(r->store.store);
	seq -= seq > 0;
	assert_int_equal(journal_read(r->store.store, seq, SIZE_MAX, next_seq, &seq), 0);
	assert_int_equal(seq, journal_last(r->store.store));
	revision = store_revision(r->store.store) + 1;
	assert_int_equal(store_revisions(r->store.store, 0, 50, next_revision, &revision), 0);
	store_close(r->store.store);
	r->store.store = NULL;
}

static unsigned rounds(void)
{
	const char *n = getenv("DURABILITY_ROUNDS");

	return n ? (unsigned)atoi(n) : ROUNDS;
}

static uint64_t acked_sum(const struct rig *r)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WRITERS; i++)
		sum += atomic_load(&r->ctl->acked[i]);
	return sum;
}

/* Until the worker has come this far: a busy machine gives it little time. */
static void wait_for(struct rig *r, uint64_t acked, uint64_t failed)
{
	for (int i = 0; i < 20000 && acked_sum(r) < acked; i++)
		usleep(1000);
	for (int i = 0; i < 20000 && (uint64_t)atomic_load(&r->ctl->failed) < failed; i++)
		usleep(1000);
	assert_true(acked_sum(r) >= acked);
	assert_true((uint64_t)atomic_load(&r->ctl->failed) >= failed);
}

static void copy_file(const char *from, const char *to)
{
	char buf[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		assert_int_equal(write(out, buf, (size_t)n), n);
	close(in);
	close(out);
}

/* Killed after a time that differs from round to round: while opening, in a transaction, in a sync. */
static void kill_rounds(struct rig *r, unsigned n, bool power_cut)
{
	uint64_t acked;

	store_rig_open(&r->store);
	store_close(r->store.store);
	r->store.store = NULL;
	for (unsigned i = 0; i < n; i++) {
		if (power_cut)
			copy_file(r->file, r->image);
		acked = acked_sum(r);
		worker_start(r, "load", power_cut);
		if (i % 8) {
			expect_open(r);
			wait_for(r, acked + i % 4, 0);
		}
		usleep((i * 7919) % 20000);
		worker_kill(r);
		if (power_cut)
			copy_file(r->image, r->file);
		verify(r);
	}
	assert_true(acked_sum(r) > n); /* there was something to lose */
}

static void nothing_acknowledged_is_lost_when_killed(void **state)
{
	kill_rounds(*state, rounds(), false);
}

/* The file after the cut holds what was synced, and by chance some of what was not. */
static void nothing_acknowledged_is_lost_when_the_power_is_cut(void **state)
{
	struct rig *r = *state;

	atomic_store(&r->ctl->leak_percent, 30);
	kill_rounds(r, rounds() / 2, true);
}

static void nothing_acknowledged_is_lost_when_the_disk_fails_now_and_then(void **state)
{
	static const int errnos[] = { EIO, ENOSPC };
	struct rig *r = *state;
	uint64_t acked, failed;

	atomic_store(&r->ctl->leak_percent, 30);
	atomic_store(&r->ctl->percent, 20);
	store_rig_open(&r->store);
	store_close(r->store.store);
	r->store.store = NULL;
	for (unsigned i = 0; i < rounds() / 2; i++) {
		copy_file(r->file, r->image);
		acked = acked_sum(r);
		failed = (uint64_t)atomic_load(&r->ctl->failed);
		worker_start(r, "load", true);
		expect_open(r);
		atomic_store(&r->ctl->write_errno, i & 1 ? errnos[i / 2 % 2] : 0);
		atomic_store(&r->ctl->reaches_file, i / 2 & 1);
		atomic_store(&r->ctl->sync_errno, EIO);
		wait_for(r, acked + 3, failed + 3);
		usleep((i * 7919) % 20000);
		worker_kill(r);
		atomic_store(&r->ctl->sync_errno, 0);
		atomic_store(&r->ctl->write_errno, 0);
		copy_file(r->image, r->file);
		verify(r);
	}
	assert_true(atomic_load(&r->ctl->failed) > rounds());
	assert_true(acked_sum(r) > rounds());
}

/* Ten years later: whatever the worker was doing, nothing that was not confirmed is left, and nothing that
 * was acknowledged is missing from the revisions. */
static void verify_taken_back(struct rig *r)
{
	uint64_t made = atomic_load(&r->ctl->acked[0]), back = atomic_load(&r->ctl->acked[1]);
	struct store_confirmation now;
	struct clock_fake later;
	struct conf *c;

	clock_fake_init(&later, clock_wall_ns(&clock_system) + INT64_C(315360000000000000));
	r->store.clock = &later.clock;
	store_rig_open(&r->store);
	assert_int_equal(store_confirmation(r->store.store, &now), 0);
	assert_false(now.pending);
	c = store_rig_conf(&r->store);
	assert_int_equal(number_of(conf_get(c, "a/1")), 0);
	conf_close(c);
	assert_true(store_revision(r->store.store) >= (made > 0) + made + back);
	store_close(r->store.store);
	r->store.store = NULL;
	r->store.clock = NULL;
}

static void confirm_rounds(struct rig *r, unsigned n, bool failing)
{
	store_rig_open(&r->store);
	store_close(r->store.store);
	r->store.store = NULL;
	atomic_store(&r->ctl->leak_percent, 30);
	atomic_store(&r->ctl->percent, 20);
	for (unsigned i = 0; i < n; i++) {
		uint64_t acked = acked_sum(r);

		copy_file(r->file, r->image);
		worker_start(r, "confirm", true);
		expect_open(r);
		atomic_store(&r->ctl->sync_errno, failing ? EIO : 0);
		atomic_store(&r->ctl->reaches_file, failing ? i & 1 : 0);
		wait_for(r, acked + 2 + i % 4, 0);
		usleep((i * 7919) % 10000);
		worker_kill(r);
		atomic_store(&r->ctl->sync_errno, 0);
		copy_file(r->image, r->file);
		verify_taken_back(r);
	}
}

static void what_nobody_confirmed_is_taken_back_when_the_power_is_cut(void **state)
{
	confirm_rounds(*state, rounds() / 2, false);
}

static void what_nobody_confirmed_is_taken_back_when_the_disk_fails_now_and_then(void **state)
{
	confirm_rounds(*state, rounds() / 2, true);
}

/* ---- one failure at a time, looked at closely ---- */

static void nothing_is_acknowledged_before_its_sync(void **state)
{
	struct rig *r = *state;
	unsigned long syncs;
	char line[512];

	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
	/* Twice: the data pages' sync, and the meta page's. */
	for (int held = 0; held < 2; held++) {
		syncs = atomic_load(&r->ctl->syncs);
		atomic_store(&r->ctl->hold, 1);
		say(r, held ? "commit a/1 3\n" : "commit a/1 2\n");
		for (int i = 0; i < 2000 && !atomic_load(&r->ctl->holding); i++)
			usleep(1000);
		assert_true(atomic_load(&r->ctl->holding));
		assert_false(hear(r, 100, line));
		/* Reading goes on meanwhile, and does not see it. */
		ask(r, "get a/1\n", held ? "get 2" : "get 1");
		ask(r, "state\n", held ? "state 2 2" : "state 1 1");
		assert_int_equal(atomic_load(&r->ctl->syncs), syncs + 1);
		atomic_store(&r->ctl->hold, 0);
		expect(r, "commit 0");
		assert_true(atomic_load(&r->ctl->syncs) >= syncs + 2);
		ask(r, "get a/1\n", held ? "get 3" : "get 2");
	}
}

/* `skip` syncs of a commit work, then they fail until told otherwise. */
static void sync_fails(struct rig *r, int skip, bool reaches)
{
	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
	atomic_store(&r->ctl->reaches_file, reaches);
	atomic_store(&r->ctl->sync_skip, skip);
	atomic_store(&r->ctl->sync_errno, EIO);
	expect_error(r, "commit a/1 2\n", ERR_IO);
	ask(r, "get a/1\n", "get 1");
	ask(r, "state\n", "state 1 1");
	expect_error(r, "commit a/2 3\n", ERR_IO); /* and again; reading goes on */
	ask(r, "get a/1\n", "get 1");
	ask(r, "get a/2\n", "get -1");
	say(r, "event 3\n"); /* kept until there is a disk for them */
	atomic_store(&r->ctl->sync_errno, 0);
	ask(r, "commit a/1 4\n", "commit 0"); /* recovered without a restart */
	ask(r, "get a/1\n", "get 4");
	ask(r, "commit a/3 5\n", "commit 0");
	ask(r, "state\n", "state 3 6");
	worker_kill(r);
	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "get a/1\n", "get 4");
	ask(r, "get a/2\n", "get -1");
	ask(r, "get a/3\n", "get 5");
	ask(r, "state\n", "state 3 6");
}

static void a_failing_data_sync_is_refused_and_recovers(void **state)
{
	sync_fails(*state, 0, false);
}

static void a_failing_meta_page_is_refused_and_recovers(void **state)
{
	sync_fails(*state, 1, false);
}

/* The write was done and only its sync failed: the kernel shows it, nobody may count on it. */
static void a_meta_page_that_fails_after_it_was_written_is_refused_and_recovers(void **state)
{
	sync_fails(*state, 1, true);
}

static void a_full_disk_is_told_as_such_and_recovers(void **state)
{
	struct rig *r = *state;

	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
	atomic_store(&r->ctl->write_errno, ENOSPC);
	expect_error(r, "commit a/1 2\n", ERR_DISK_FULL);
	say(r, "event 2000\n");
	expect_error(r, "commit a/1 3\n", ERR_DISK_FULL);
	ask(r, "get a/1\n", "get 1");
	ask(r, "state\n", "state 1 1");
	atomic_store(&r->ctl->write_errno, 0);
	ask(r, "commit a/1 4\n", "commit 0");
	for (int i = 0; i < 100; i++) {
		char line[512];

		say(r, "state\n");
		assert_true(hear(r, 1000, line));
		if (!strcmp(line, "state 2 2002"))
			break;
		usleep(20000);
	}
	ask(r, "state\n", "state 2 2002"); /* all events, each once */
	ask(r, "get a/1\n", "get 4");
}

static void a_short_write_is_an_error_and_recovers(void **state)
{
	struct rig *r = *state;

	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
	atomic_store(&r->ctl->short_write, 1);
	expect_error(r, "commit a/1 2\n", ERR_IO);
	ask(r, "get a/1\n", "get 1");
	atomic_store(&r->ctl->short_write, 0);
	ask(r, "commit a/1 3\n", "commit 0");
	ask(r, "get a/1\n", "get 3");
}

static void a_store_that_cannot_be_made_says_so_and_is_made_later(void **state)
{
	struct rig *r = *state;
	char line[512], begin[32];

	for (int i = 0; i < 2; i++) {
		atomic_store(i ? &r->ctl->sync_errno : &r->ctl->write_errno, i ? EIO : ENOSPC);
		snprintf(begin, sizeof(begin), "open %d ", i ? ERR_IO : ERR_DISK_FULL);
		worker_start(r, "serve", false);
		assert_true(hear(r, 5000, line));
		assert_memory_equal(line, begin, strlen(begin));
		assert_true(strlen(line) > strlen(begin)); /* a sentence */
		worker_kill(r);
		atomic_store(&r->ctl->write_errno, 0);
		atomic_store(&r->ctl->sync_errno, 0);
	}
	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
}

static void a_store_that_is_there_opens_on_a_disk_that_refuses_writes(void **state)
{
	struct rig *r = *state;

	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "commit a/1 1\n", "commit 0");
	worker_kill(r);
	atomic_store(&r->ctl->write_errno, ENOSPC);
	worker_start(r, "serve", false);
	expect_open(r);
	ask(r, "get a/1\n", "get 1");
	expect_error(r, "commit a/1 2\n", ERR_DISK_FULL);
	atomic_store(&r->ctl->write_errno, 0);
	ask(r, "commit a/1 2\n", "commit 0");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(nothing_is_acknowledged_before_its_sync),
		T(a_failing_data_sync_is_refused_and_recovers),
		T(a_failing_meta_page_is_refused_and_recovers),
		T(a_meta_page_that_fails_after_it_was_written_is_refused_and_recovers),
		T(a_full_disk_is_told_as_such_and_recovers),
		T(a_short_write_is_an_error_and_recovers),
		T(a_store_that_cannot_be_made_says_so_and_is_made_later),
		T(a_store_that_is_there_opens_on_a_disk_that_refuses_writes),
		T(nothing_acknowledged_is_lost_when_killed),
		T(nothing_acknowledged_is_lost_when_the_power_is_cut),
		T(nothing_acknowledged_is_lost_when_the_disk_fails_now_and_then),
		T(what_nobody_confirmed_is_taken_back_when_the_power_is_cut),
		T(what_nobody_confirmed_is_taken_back_when_the_disk_fails_now_and_then),
	};

	if (argc == 3 && !strcmp(argv[0], "worker"))
		return worker_main(argv[1], argv[2]);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
