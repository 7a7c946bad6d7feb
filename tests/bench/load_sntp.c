/* tests/bench/load_sntp.c - asks an SNTP server the time, WINDOW questions under way, and tells answers/s,
 * how many were lost or wrong, and the error of the answers against this machine's own clock.
 * load_sntp HOST PORT WINDOW SECONDS */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define BATCH 32

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* Our transmit stamp is our own nanoseconds: the server gives it back whatever it holds. */
static void ask(int fd, unsigned n)
{
	uint8_t q[BATCH][48] = { 0 };
	struct mmsghdr m[BATCH] = { 0 };
	struct iovec iov[BATCH];

	while (n > 0) {
		unsigned k = n < BATCH ? n : BATCH;
		uint64_t now = wall_ns();

		for (unsigned i = 0; i < k; i++) {
			q[i][0] = 4 << 3 | 3;
			for (int j = 0; j < 8; j++)
				q[i][40 + j] = (uint8_t)(now >> (56 - 8 * j));
			iov[i] = (struct iovec){ q[i], 48 };
			m[i].msg_hdr.msg_iov = &iov[i];
			m[i].msg_hdr.msg_iovlen = 1;
		}
		if (sendmmsg(fd, m, k, 0) < 0)
			perror("send");
		n -= k;
	}
}

static double error_us(const uint8_t *a)
{
	uint64_t asked = u64_at(a + 24), now = wall_ns(), t = u64_at(a + 40);
	double server =
	    (double)((t >> 32) - 2208988800u) * 1e6 + (double)(t & 0xffffffff) / 4294967296.0 * 1e6;
	double middle = ((double)asked + (double)now) / 2 / 1e3;

	return server > middle ? server - middle : middle - server;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval patience = { .tv_usec = 100000 };
	uint64_t answers = 0, wrong = 0, lost = 0, begin, end;
	double worst = 0, sum = 0;
	unsigned window;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 5 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "load_sntp HOST PORT WINDOW SECONDS\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)atoi(argv[2]));
	window = (unsigned)atoi(argv[3]);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return 1;
	begin = wall_ns();
	end = begin + (uint64_t)(atof(argv[4]) * 1e9);
	ask(fd, window);
	while (wall_ns() < end) {
		uint8_t a[BATCH][128];
		struct mmsghdr m[BATCH] = { 0 };
		struct iovec iov[BATCH];
		int n;

		for (int i = 0; i < BATCH; i++) {
			/* cppcheck-suppress legacyUninitvar ; to be filled by recvmmsg */
			iov[i] = (struct iovec){ a[i], sizeof(a[i]) };
			m[i].msg_hdr.msg_iov = &iov[i];
			m[i].msg_hdr.msg_iovlen = 1;
		}
		n = recvmmsg(fd, m, BATCH, MSG_WAITFORONE, NULL);
		if (n <= 0) { /* all that were under way are lost */
			lost += window;
			ask(fd, window);
			continue;
		}
		for (int i = 0; i < n; i++) {
			double us = error_us(a[i]);

			if (m[i].msg_len != 48 || (a[i][0] & 7) != 4)
				wrong++;
			worst = us > worst ? us : worst;
			sum += us;
		}
		answers += (uint64_t)n;
		ask(fd, (unsigned)n);
	}
	printf("%.0f answers/s %llu lost %llu wrong mean %.0f us worst %.0f us\n",
	       (double)answers / ((double)(wall_ns() - begin) / 1e9), (unsigned long long)lost,
	       (unsigned long long)wrong, answers ? sum / (double)answers : 0, worst);
	return answers ? 0 : 1;
}
