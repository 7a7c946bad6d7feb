/* tests/bench/load_tftp.c - fetches a file by TFTP again and again with many clients at a time and tells
 * files/s and MB/s. One thread; a client is one socket.
 * load_tftp HOST PORT NAME CLIENTS BLKSIZE WINDOW SECONDS */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 1000
#define BATCH       16
#define RESEND_MS   50

struct client {
	int fd;
	uint64_t block, bytes; /* last block in order */
	unsigned in_window;
	uint64_t heard_ms;
	struct sockaddr_storage tid;
	socklen_t tid_len;
	bool has_tid;
};

static struct {
	struct sockaddr_storage to;
	socklen_t to_len;
	const char *name;
	unsigned clients, blksize, window;
	uint64_t files, bytes, resends, errors;
	struct client list[CLIENTS_MAX];
} b;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void request(struct client *c)
{
	char pkt[512];
	int len = snprintf(pkt, sizeof(pkt), "%c%c%s%coctet%c", 0, 1, b.name, 0, 0);

	if (b.blksize != 512)
		len += snprintf(pkt + len, sizeof(pkt) - (size_t)len, "blksize%c%u%c", 0, b.blksize,
				0);
	if (b.window != 1)
		len += snprintf(pkt + len, sizeof(pkt) - (size_t)len, "windowsize%c%u%c", 0,
				b.window, 0);
	if (sendto(c->fd, pkt, (size_t)len, 0, (struct sockaddr *)&b.to, b.to_len) < 0)
		b.errors++;
}

/* A new socket for each file, as clients do. */
static void begin(struct client *c, int ep, bool fresh)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

	if (fresh) {
		if (c->fd >= 0)
			close(c->fd);
		c->fd = socket(b.to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
	}
	c->block = c->bytes = c->in_window = 0;
	c->has_tid = false;
	c->heard_ms = now_ms();
	request(c);
}

static void ack(struct client *c)
{
	uint8_t pkt[4] = { 0, 4, (uint8_t)(c->block >> 8), (uint8_t)c->block };

	c->in_window = 0;
	if (send(c->fd, pkt, 4, 0) < 0)
		b.errors++;
}

/* Returns whether the file is complete. */
static bool packet(struct client *c, const uint8_t *p, size_t len)
{
	if (len < 4)
		return false;
	if (p[1] == 5) {
		b.errors++;
		fprintf(stderr, "error %d: %.*s\n", p[3], (int)len - 4, (const char *)p + 4);
		exit(1);
	}
	if (p[1] == 6) {
		ack(c);
		return false;
	}
	if ((uint16_t)(p[2] << 8 | p[3]) != (uint16_t)(c->block + 1)) {
		if (c->in_window) /* a gap: tell at once where it begins */
			ack(c);
		return false;
	}
	c->block++;
	c->bytes += len - 4;
	if (++c->in_window >= b.window || len - 4 < b.blksize)
		ack(c);
	return len - 4 < b.blksize;
}

static void readable(struct client *c, int ep)
{
	static uint8_t buf[BATCH][65536];
	struct mmsghdr m[BATCH] = { 0 };
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	int n;

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ buf[i], sizeof(buf[i]) };
		m[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i],
						.msg_iovlen = 1,
						.msg_name = &from[i],
						.msg_namelen = sizeof(from[i]) };
	}
	n = recvmmsg(c->fd, m, b.window > 1 ? BATCH : 1, MSG_DONTWAIT, NULL);
	if (n <= 0)
		return;
	c->heard_ms = now_ms();
	for (int i = 0; i < n; i++) {
		if (!c->has_tid) { /* from now on only this server port */
			c->has_tid = true;
			if (connect(c->fd, (struct sockaddr *)&from[i], m[i].msg_hdr.msg_namelen))
				b.errors++;
		}
		if (!packet(c, buf[i], m[i].msg_len))
			continue;
		b.files++;
		b.bytes += c->bytes;
		begin(c, ep, true);
		return;
	}
}

static void resend(int ep)
{
	uint64_t now = now_ms();

	for (unsigned i = 0; i < b.clients; i++) {
		struct client *c = &b.list[i];

		if (now - c->heard_ms < RESEND_MS)
			continue;
		b.resends++;
		if (c->has_tid) {
			ack(c);
			c->heard_ms = now;
		} else {
			begin(c, ep, false);
		}
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	uint64_t end, start, swept;
	double s;
	int ep = epoll_create1(0);

	if (argc != 8) {
		fprintf(stderr, "load_tftp HOST PORT NAME CLIENTS BLKSIZE WINDOW SECONDS\n");
		return 2;
	}
	in.sin_port = in6.sin6_port = htons((uint16_t)atoi(argv[2]));
	if (inet_pton(AF_INET, argv[1], &in.sin_addr) == 1) {
		memcpy(&b.to, &in, sizeof(in));
		b.to_len = sizeof(in);
	} else if (inet_pton(AF_INET6, argv[1], &in6.sin6_addr) == 1) {
		memcpy(&b.to, &in6, sizeof(in6));
		b.to_len = sizeof(in6);
	}
	b.name = argv[3];
	b.clients = (unsigned)atoi(argv[4]);
	b.blksize = (unsigned)atoi(argv[5]);
	b.window = (unsigned)atoi(argv[6]);
	if (b.clients > CLIENTS_MAX)
		b.clients = CLIENTS_MAX;
	start = swept = now_ms();
	end = start + (uint64_t)(atof(argv[7]) * 1000);
	for (unsigned i = 0; i < b.clients; i++) {
		b.list[i].fd = -1;
		begin(&b.list[i], ep, true);
	}
	while (now_ms() < end) {
		struct epoll_event ev[64];
		int n = epoll_wait(ep, ev, 64, 10);

		for (int i = 0; i < n; i++)
			readable(ev[i].data.ptr, ep);
		if (now_ms() - swept >= RESEND_MS / 2) {
			resend(ep);
			swept = now_ms();
		}
	}
	for (unsigned i = 0; i < b.clients; i++) /* what is under way counts by its bytes */
		b.bytes += b.list[i].bytes;
	s = (double)(now_ms() - start) / 1000;
	printf("%.0f files/s %.1f MB/s %llu resends %llu errors\n", (double)b.files / s,
	       (double)b.bytes / s / 1e6, (unsigned long long)b.resends,
	       (unsigned long long)b.errors);
	return b.bytes ? 0 : 1;
}
