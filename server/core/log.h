/* server/core/log.h - one log: a stable event name, then key=value fields. Any thread.
 * error = somebody must act; warn = odd but handled; info = changes of state; debug = for us.
 * Repeats of the same line are counted, not printed. Secrets never come here. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* clang-format off */
#define LOG_AREAS(X) \
	X(CORE, "core") \
	X(STORE, "store") \
	X(API, "api") \
	X(HTTP, "http") \
	X(FEED, "feed") \
	X(SIP, "sip") \
	X(SCCP, "sccp") \
	X(PHONES, "phones") \
	X(CALLS, "calls") \
	X(FILES, "files") \
	X(TFTP, "tftp") \
	X(HFS, "hfs") \
	X(CLOCK, "clock") \
	X(MAIN, "main") \
	X(MEDIA, "media") \
	X(FIRMWARE, "firmware")
/* clang-format on */
#define LOG_AREA_ENUM_(name, text) LOG_##name,
enum log_area { LOG_AREAS(LOG_AREA_ENUM_) LOG_AREA_COUNT };
#undef LOG_AREA_ENUM_

enum log_format { LOG_PLAIN, LOG_JSON, LOG_JOURNAL /* "<6>" prefixes for systemd */ };

void log_setup(enum log_level level, enum log_format format, int fd);
/* Another clock than the system's, for tests: time stamps, and how many lines a second are written. */
struct clock;
void log_clock(const struct clock *clock);
int log_level_parse(const char *s, enum log_level *out);   /* 0 or ERR_MALFORMED */
int log_format_parse(const char *s, enum log_format *out); /* 0 or ERR_MALFORMED */
/* `fmt` gives the fields: "phone=%s err=%s". Values with blanks or quotes are written as "%s" with
 * log_quote() where a peer chose them. */
void log_write(enum log_level level, enum log_area area, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The debug lines of one area, whatever the level of the log. Any thread. */
void log_debug_area(enum log_area area, bool on);
bool log_debug_is_on(enum log_area area);
/* Escapes a peer's text for a log field into `out` (control characters, quotes); returns out. */
const char *log_quote(char *out, unsigned long cap, const char *s, unsigned long len);

#define log_error(area, event, ...) log_write(LOG_ERROR, area, event, __VA_ARGS__)
#define log_warn(area, event, ...)  log_write(LOG_WARN, area, event, __VA_ARGS__)
#define log_info(area, event, ...)  log_write(LOG_INFO, area, event, __VA_ARGS__)
#define log_debug(area, event, ...) log_write(LOG_DEBUG, area, event, __VA_ARGS__)

#endif
