/* tests/bench/load_feed.c - many subscribers of the event feed (RFC 6455) in one thread, on plain sockets: tells
 * messages/s over all of them, how late an event is by its own `time` (milliseconds) when a subscriber has read
 * it, and how much of a core the reading itself took. Says "ready" when all are subscribed; ends when each has
 * EVENTS messages, or after QUIET_S seconds without one.
 * load_feed HOST PORT TOKEN TYPES SUBSCRIBERS EVENTS */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SUBSCRIBERS_MAX 2000
#define BUF_SIZE        32768
#define LATE_MAX_MS     10000
#define QUIET_S         5
#define WS_CLOSE        8
#define WS_PING         9

struct subscriber {
	int fd;
	bool open; /* the 101 has come */
	uint64_t got;
	size_t len;
	uint8_t buf[BUF_SIZE];
};
static struct {
	struct sockaddr_in to;
	const char *host, *token, *types;
	unsigned n, open, closed, done;
	uint64_t events, messages;
	uint64_t
	    late[LATE_MAX_MS + 1]; /* messages by milliseconds; the last also takes all above */
	struct subscriber *list;
} b;

static void die(const char *what)
{
	fprintf(stderr, "load_feed: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void subscribe(struct subscriber *s, int ep)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };
	char ask[1024];
	int len = snprintf(ask, sizeof(ask),
			   "GET /?types=%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
			   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
			   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			   "Sec-WebSocket-Protocol: cloudevents.json\r\n"
			   "Authorization: Bearer %s\r\n\r\n",
			   b.types, b.host, b.token);

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&b.to, sizeof(b.to)))
		die("connect");
	if (send(s->fd, ask, (size_t)len, 0) != len)
		die("send");
	epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &ev);
}

/* Milliseconds since 1970 of the event's own "time":"2026-01-02T03:04:05.678Z", 0 when it has none. */
static int64_t event_ms(const uint8_t *p, size_t len)
{
	static const char key[] = "\"time\":\"";
	const char *at = memmem(p, len, key, sizeof(key) - 1);
	struct tm tm = { 0 };
	int ms;

	if (!at || sscanf(at + sizeof(key) - 1, "%d-%d-%dT%d:%d:%d.%dZ", &tm.tm_year, &tm.tm_mon,
			  &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms) != 7)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

/* All subscribers get the same events one after the other: the last time read is kept with its bytes. */
static int64_t event_ms_cached(const uint8_t *p, size_t len)
{
	static uint8_t last[512];
	static size_t last_len;
	static int64_t last_ms;

	if (len != last_len || len > sizeof(last) || memcmp(p, last, len) != 0) {
		last_ms = event_ms(p, len);
		last_len = len < sizeof(last) ? len : 0;
		memcpy(last, p, last_len);
	}
	return last_ms;
}

static void message(struct subscriber *s, const uint8_t *p, size_t len, int64_t now)
{
	int64_t at = event_ms_cached(p, len), late = now > at ? now - at : 0;

	if (!at)
		return;
	b.late[late > LATE_MAX_MS ? LATE_MAX_MS : late]++;
	b.messages++;
	if (++s->got == b.events)
		b.done++;
}

static void closed(struct subscriber *s)
{
	close(s->fd);
	s->fd = -1;
	b.closed++;
}

/* Bytes of one whole frame at p, 0 when it is not all there. A server does not mask (RFC 6455 5.1). */
static size_t frame(struct subscriber *s, const uint8_t *p, size_t len, int64_t now)
{
	static const uint8_t pong[6] = { 0x8a, 0x80 };
	size_t head = 2, body = len < 2 ? 0 : p[1];

	if (body == 126 && len >= 4) {
		head = 4;
		body = (size_t)p[2] << 8 | p[3];
	}
	if (len < 2 || (p[1] == 126 && len < 4) || len < head + body)
		return 0;
	if ((p[0] & 15) == WS_CLOSE)
		closed(s);
	else if ((p[0] & 15) == WS_PING)
		(void)!send(s->fd, pong, sizeof(pong), 0);
	else
		message(s, p + head, body, now);
	return head + body;
}

/* The answer to the handshake; its length, 0 when it is not all there. */
static size_t handshake(struct subscriber *s)
{
	const char *end = memmem(s->buf, s->len, "\r\n\r\n", 4);

	if (!end)
		return 0;
	if (strncmp((const char *)s->buf, "HTTP/1.1 101", 12) != 0) {
		fprintf(stderr, "load_feed: %.*s\n", (int)s->len, (const char *)s->buf);
		exit(1);
	}
	s->open = true;
	b.open++;
	return (size_t)(end + 4 - (const char *)s->buf);
}

static void readable(struct subscriber *s, int64_t now)
{
	ssize_t n = recv(s->fd, s->buf + s->len, sizeof(s->buf) - s->len, MSG_DONTWAIT);
	size_t used = 0, k = 1;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			closed(s);
		return;
	}
	s->len += (size_t)n;
	while (k && s->fd >= 0 && used < s->len) {
		k = s->open ? frame(s, s->buf + used, s->len - used, now) : handshake(s);
		used += k;
	}
	memmove(s->buf, s->buf + used, s->len - used);
	s->len -= used;
}

static bool turn(int ep)
{
	struct epoll_event ev[256];
	int n = epoll_wait(ep, ev, 256, QUIET_S * 1000);
	int64_t now = now_ms(CLOCK_REALTIME);

	for (int i = 0; i < n; i++)
		readable(ev[i].data.ptr, now);
	return n > 0;
}

static unsigned late_ms(double part)
{
	uint64_t seen = 0;
	unsigned i = 0;

	while (i < LATE_MAX_MS && (double)(seen += b.late[i]) < part * (double)b.messages)
		i++;
	return i;
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void raise_descriptors(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int main(int argc, char **argv)
{
	int64_t first = 0, last = 0;
	int ep = epoll_create1(0);
	double cpu, s;

	if (argc != 7 || inet_pton(AF_INET, argv[1], &b.to.sin_addr) != 1) {
		fprintf(stderr, "load_feed HOST PORT TOKEN TYPES SUBSCRIBERS EVENTS\n");
		return 2;
	}
	raise_descriptors();
	b.to.sin_family = AF_INET;
	b.to.sin_port = htons((uint16_t)atoi(argv[2]));
	b.host = argv[1];
	b.token = argv[3];
	b.types = argv[4];
	b.n = (unsigned)atoi(argv[5]);
	b.events = (uint64_t)atoll(argv[6]);
	if (b.n < 1 || b.n > SUBSCRIBERS_MAX)
		return 2;
	b.list = calloc(b.n, sizeof(*b.list));
	if (!b.list)
		die("calloc");
	for (unsigned i = 0; i < b.n; i++) {
		subscribe(&b.list[i], ep);
		while (!b.list[i].open && turn(ep))
			;
	}
	if (b.open < b.n)
		die("not all are subscribed");
	puts("ready");
	fflush(stdout);
	cpu = cpu_s();
	while (b.done + b.closed < b.n && turn(ep)) {
		if (!b.messages)
			continue;
		last = now_ms(CLOCK_MONOTONIC);
		first = first ? first : last;
	}
	s = (double)(last - first) / 1000;
	cpu = cpu_s() - cpu;
	printf("%llu messages %.3f s %.0f messages/s p50 %u ms p99 %u ms closed %u short %u core "
	       "%.2f\n",
	       (unsigned long long)b.messages, s, s > 0 ? (double)b.messages / s : 0, late_ms(0.5),
	       late_ms(0.99), b.closed, b.n - b.done, s > 0 ? cpu / s : 0);
	return b.messages ? 0 : 1;
}
