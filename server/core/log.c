/* server/core/log.c - one log for all threads; a repeated line is counted and told once. */
#include "server/core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

#define LINE_MAX_BYTES 2048
#define REPEAT_TELL    100 /* a line that goes on and on is told again each so many times */
#define AREA_BURST     500 /* lines of one area, then so many a second: peers cause most of them */
#define AREA_RATE      100

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static const char *const level_journal[] = { "<3>", "<4>", "<6>", "<7>" };
static const char *const format_names[] = { "plain", "json", "journal" };

#define LOG_AREA_NAME_(name, text) text,
static const char *const area_names[] = { LOG_AREAS(LOG_AREA_NAME_) };
#undef LOG_AREA_NAME_

static atomic_bool area_debug[ARRAY_LEN(area_names)];

struct budget {
	uint64_t filled_ms, held;
	unsigned tokens;
};

/* The log is the one place that every thread writes to: its lock guards nothing else. */
static struct {
	pthread_mutex_t lock;
	const struct clock *clock;
	_Atomic(enum log_level) level; /* asked before the lock is taken */
	enum log_format format;
	int fd;
	char last[LINE_MAX_BYTES];
	unsigned repeats;
	struct budget budget[ARRAY_LEN(area_names)];
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.clock = &clock_system,
		.level = LOG_INFO,
		.fd = STDERR_FILENO };

void log_setup(enum log_level level, enum log_format format, int fd)
{
	pthread_mutex_lock(&log_state.lock);
	log_state.level = level;
	log_state.format = format;
	log_state.fd = fd;
	pthread_mutex_unlock(&log_state.lock);
}

void log_clock(const struct clock *clock)
{
	pthread_mutex_lock(&log_state.lock);
	log_state.clock = clock;
	memset(log_state.budget, 0, sizeof(log_state.budget));
	pthread_mutex_unlock(&log_state.lock);
}

void log_debug_area(enum log_area area, bool on)
{
	atomic_store(&area_debug[area], on);
}

bool log_debug_is_on(enum log_area area)
{
	return log_state.level >= LOG_DEBUG || atomic_load(&area_debug[area]);
}

static int name_index(const char *const *names, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], s))
			return (int)i;
	return -1;
}

int log_level_parse(const char *s, enum log_level *out)
{
	int i = name_index(level_names, ARRAY_LEN(level_names), s);

	if (i < 0)
		return ERR_MALFORMED;
	*out = (enum log_level)i;
	return 0;
}

int log_format_parse(const char *s, enum log_format *out)
{
	int i = name_index(format_names, ARRAY_LEN(format_names), s);

	if (i < 0)
		return ERR_MALFORMED;
	*out = (enum log_format)i;
	return 0;
}

static void add_json_string(struct text *t, const char *s)
{
	text_addc(t, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			text_addf(t, "\\%c", c);
		else if (c < 0x20)
			text_addf(t, "\\u%04x", c);
		else
			text_addc(t, (char)c);
	}
	text_addc(t, '"');
}

static void format_line(struct text *t, enum log_format format, enum log_level level,
			enum log_area area, const char *event, const char *fields)
{
	char when[TIME_TEXT_SIZE];

	text_time(when, clock_wall_ns(log_state.clock));
	if (format == LOG_JSON) {
		text_addf(t,
			  "{\"time\":\"%s\",\"level\":\"%s\",\"area\":\"%s\",\"event\":\"%s\","
			  "\"fields\":",
			  when, level_names[level], area_names[area], event);
		add_json_string(t, fields);
		text_add(t, "}\n");
		return;
	}
	if (format == LOG_JOURNAL) /* the journal has the time already */
		text_addf(t, "%s%s %s %s\n", level_journal[level], area_names[area], event, fields);
	else
		text_addf(t, "%s %-5s %s %s %s\n", when, level_names[level], area_names[area],
			  event, fields);
}

/* What one call writes: at most the two counts and the line itself. */
struct lines {
	char buf[LINE_MAX_BYTES + 1024];
	size_t len;
};

static void put(struct lines *out, enum log_level level, enum log_area area, const char *event,
		const char *fields)
{
	struct text t;

	text_fixed(&t, out->buf + out->len, sizeof(out->buf) - out->len);
	format_line(&t, log_state.format, level, area, event, fields);
	if (t.overflow)
		t.buf[t.len - 1] = '\n';
	out->len += t.len;
}

/* A flood of refusals fills no disk and holds no loop up in write(). Errors are our own and always told;
 * who asks for debug wants it all. */
static bool within_budget(struct lines *out, enum log_level level, enum log_area area)
{
	struct budget *b = &log_state.budget[area];
	uint64_t now = clock_mono_ms(log_state.clock),
		 more = (now - b->filled_ms) * AREA_RATE / 1000;
	char count[64];

	if (level == LOG_ERROR || log_state.level >= LOG_DEBUG)
		return true;
	if (!b->filled_ms || b->tokens + more >= AREA_BURST) {
		b->tokens = AREA_BURST;
		b->filled_ms = now;
	} else if (more) {
		b->tokens += (unsigned)more;
		b->filled_ms += more * 1000 / AREA_RATE;
	}
	if (!b->tokens) {
		b->held++;
		return false;
	}
	b->tokens--;
	if (b->held) {
		snprintf(count, sizeof(count), "count=%llu", (unsigned long long)b->held);
		b->held = 0;
		put(out, LOG_WARN, area, "lines_held_back", count);
	}
	return true;
}

/* True when the line is the same as the last one and only counted. */
static bool repeated(struct lines *out, enum log_area area, const char *event, const char *fields)
{
	char key[LINE_MAX_BYTES];
	struct text t;

	text_fixed(&t, key, sizeof(key));
	text_addf(&t, "%s %s %s", area_names[area], event, fields);
	if (!strcmp(key, log_state.last) && ++log_state.repeats % REPEAT_TELL)
		return true;
	if (log_state.repeats && within_budget(out, LOG_INFO, area)) {
		char count[64];

		snprintf(count, sizeof(count), "times=%u", log_state.repeats);
		put(out, LOG_INFO, area, "last_line_repeated", count);
	}
	if (strcmp(key, log_state.last))
		log_state.repeats = 0;
	memcpy(log_state.last, key, t.len + 1);
	return false;
}

/* Fields hold what peers sent: nothing of it ends a line, moves a terminal's cursor or breaks JSON. */
static void make_safe(char *fields, enum log_format format)
{
	bool utf8 = text_is_utf8(fields, strlen(fields));

	for (; *fields; fields++) {
		unsigned char c = (unsigned char)*fields;
		bool control = c < 0x20 || c == 0x7f;

		if ((control && format != LOG_JSON) || (c >= 0x80 && !utf8))
			*fields = '?';
	}
}

void log_write(enum log_level level, enum log_area area, const char *event, const char *fmt, ...)
{
	char fields[LINE_MAX_BYTES];
	struct lines out;
	va_list ap;
	ssize_t n;
	int fd;

	if (level > log_state.level && !(level == LOG_DEBUG && log_debug_is_on(area)))
		return;
	va_start(ap, fmt);
	vsnprintf(fields, sizeof(fields), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&log_state.lock);
	out.len = 0;
	fd = log_state.fd;
	make_safe(fields, log_state.format);
	if (!repeated(&out, area, event, fields) && within_budget(&out, level, area))
		put(&out, level, area, event, fields);
	pthread_mutex_unlock(&log_state.lock);
	/* A reader of the log that has stopped reading holds up who has something to say, nobody else. */
	n = out.len ? write(fd, out.buf, out.len) : 0;
	(void)n; /* a log that cannot be written has nobody to tell */
}

const char *log_quote(char *out, unsigned long cap, const char *s, unsigned long len)
{
	struct text t;

	text_fixed(&t, out, cap);
	text_addc(&t, '"');
	for (unsigned long i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			text_addf(&t, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			text_addf(&t, "\\x%02x", c);
		else
			text_addc(&t, (char)c);
	}
	text_addc(&t, '"');
	return out;
}
