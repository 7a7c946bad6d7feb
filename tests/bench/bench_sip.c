/* Registrations a second with digest over UDP on the loopback: the whole SIP side on its loop thread with
 * ten thousand pools in a real store, a load generator on the main thread that keeps a fixed number of
 * phones at it. The figure of one core is taken from the processor time of the
 * loop's thread, so that a busy machine does not change it. */
#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"
#include "server/sip/sip.h"
#include "server/sip/sip_digest.h"
#include "store/conf.h"
#include "store/schema/schema.h"
#include "store/store.h"
#include "tests/bench/bench.h"

#define PHONES  10000
#define WINDOW  64
#define ROUNDS  5
#define SLOW_MS 2000 /* an answer that takes longer is counted as lost and asked for again */

struct phone {
	char nonce[64];
	struct sip_ha1 ha1;
	unsigned nc, cseq;
	uint64_t sent_ns;
	bool busy;
};
struct load {
	int fd;
	struct sockaddr_in to;
	struct sip_hasher *hasher;
	struct phone *phones;
	uint64_t *took_ns;
	size_t n_took, lost, wrong;
	pthread_t loop_thread;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "bench_sip: %s: %d\n", what, err);
	exit(1);
}

static uint64_t now_ns(void)
{
	return clock_system.mono_ns(&clock_system);
}

/* ---- the site ---- */

static void put(struct conf *c, const char *path, const char *text)
{
	conf_put(c, path, cJSON_Parse(text));
}

static void configure(struct store *store)
{
	struct store_commit info = { .who = "bench" };
	struct conf *c;
	char path[64], text[512];
	int err = conf_open(store, &c);

	if (err)
		die("conf_open", err);
	(void)schema_limit_set("pools", PHONES);
	(void)schema_limit_set("dns", PHONES);
	put(c, "voice-service/voip", "{\"sip\":{\"registrar_server\":{\"enabled\":true}}}");
	put(c, "voice-register/global",
	    "{\"mode\":\"cme\",\"source_address\":{\"address\":\"127.0.0.1\"},\"max_pool\":10000,"
	    "\"max_dn\":10000,\"authenticate\":{\"enabled\":true,\"all\":true}}");
	for (unsigned i = 1; i <= PHONES; i++) {
		char *sealed;

		err = store_seal(store, "secret", &sealed);
		if (err)
			die("store_seal", err);
		snprintf(path, sizeof(path), "voice-register/dns/%u", i);
		snprintf(text, sizeof(text), "{\"number\":\"%u\"}", 20000 + i);
		put(c, path, text);
		snprintf(path, sizeof(path), "voice-register/pools/%u", i);
		snprintf(
		    text, sizeof(text),
		    "{\"id\":{\"kind\":\"mac\",\"mac\":\"0011220%05X\"},\"phone_type\":\"7962\","
		    "\"numbers\":{\"1\":%u},\"username\":\"%u\",\"password\":{\"$sealed\":\"%s\"}}",
		    i, i, 20000 + i, sealed);
		put(c, path, text);
		mem_free(sealed);
	}
	err = store_commit(store, c, &info);
	if (err)
		die("store_commit", err);
	conf_close(c);
}

/* ---- the phones ---- */

static void send_register(struct load *l, unsigned i)
{
	struct phone *p = &l->phones[i];
	char packet[2048], auth[512] = "";
	int n;

	if (p->nonce[0]) {
		struct sip_credentials c = { .uri = "sip:127.0.0.1",
					     .cnonce = "c0ffee",
					     .qop = "auth" };

		snprintf(c.nc, sizeof(c.nc), "%08x", ++p->nc);
		(void)text_copy(c.nonce, sizeof(c.nonce), p->nonce);
		(void)sip_digest_response(l->hasher, &c, &p->ha1, "REGISTER", 8, c.response);
		snprintf(
		    auth, sizeof(auth),
		    "Authorization: Digest username=\"%u\", realm=\"127.0.0.1\", nonce=\"%s\", "
		    "uri=\"sip:127.0.0.1\", response=\"%s\", algorithm=MD5, cnonce=\"c0ffee\", "
		    "qop=auth, nc=%s\r\n",
		    20001 + i, p->nonce, c.response, c.nc);
	}
	p->cseq++;
	n = snprintf(
	    packet, sizeof(packet),
	    "REGISTER sip:127.0.0.1 SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK%u-%u\r\n"
	    "From: <sip:%u@127.0.0.1>;tag=%u\r\nTo: <sip:%u@127.0.0.1>\r\n"
	    "Call-ID: %u@127.0.0.1\r\nMax-Forwards: 70\r\nCSeq: %u REGISTER\r\n"
	    "User-Agent: Cisco-CP7962G/9.4.2\r\n"
	    "Contact: <sip:%u@127.0.0.1:5060>;+sip.instance=\"<urn:uuid:00000000-0000-0000-"
	    "0000-0011220%05x>\";+u.sip!model.ccm.cisco.com=\"404\"\r\n"
	    "Supported: replaces,join,norefersub,extended-refer,X-cisco-callinfo\r\n"
	    "Reason: SIP;cause=200;text=\"cisco-alarm:25 Name=SEP0011220%05X "
	    "Load=SIP42.9-4-2SR3 Last=initialized\"\r\n"
	    "Expires: 3600\r\n%sContent-Length: 0\r\n\r\n",
	    i, p->cseq, 20001 + i, i, 20001 + i, i, p->cseq, 20001 + i, i + 1, i + 1, auth);
	if (sendto(l->fd, packet, (size_t)n, 0, (struct sockaddr *)&l->to, sizeof(l->to)) != n)
		die("sendto", errno);
}

static void begin(struct load *l, unsigned i)
{
	l->phones[i].busy = true;
	l->phones[i].sent_ns = now_ns();
	send_register(l, i);
}

/* One answer; true when it ended a registration. */
static bool answer(struct load *l, char *packet)
{
	const char *branch = strstr(packet, "branch=z9hG4bK"), *nonce = strstr(packet, "nonce=\"");
	unsigned i = branch ? (unsigned)strtoul(branch + 14, NULL, 10) : PHONES;
	struct phone *p = i < PHONES ? &l->phones[i] : NULL;

	if (!p || !p->busy)
		return false;
	if (!strncmp(packet, "SIP/2.0 401", 11) && nonce) {
		snprintf(p->nonce, sizeof(p->nonce), "%.*s", (int)strcspn(nonce + 7, "\""),
			 nonce + 7);
		p->nc = 0;
		send_register(l, i);
		return false;
	}
	l->wrong += strncmp(packet, "SIP/2.0 200", 11) != 0;
	l->took_ns[l->n_took++] = now_ns() - p->sent_ns;
	p->busy = false;
	return true;
}

/* Every phone registers once, WINDOW of them at a time. */
static void everybody(struct load *l)
{
	unsigned next = 0, done = 0;
	static char packet[65536];

	l->n_took = 0;
	while (next < WINDOW)
		begin(l, next++);
	while (done < PHONES) {
		struct pollfd fd = { .fd = l->fd, .events = POLLIN };
		ssize_t n = 0;

		if (poll(&fd, 1, SLOW_MS) > 0)
			n = recv(l->fd, packet, sizeof(packet) - 1, 0);
		if (n <= 0) { /* a lost datagram: that phone asks again */
			for (unsigned i = 0; i < next; i++)
				if (l->phones[i].busy) {
					l->lost++;
					send_register(l, i);
				}
			continue;
		}
		packet[n] = '\0';
		if (!answer(l, packet))
			continue;
		done++;
		if (next < PHONES)
			begin(l, next++);
	}
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static double thread_cpu_s(pthread_t t)
{
	struct timespec ts = { 0 };
	clockid_t id;

	if (pthread_getcpuclockid(t, &id) || clock_gettime(id, &ts))
		return 0;
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void measure(struct load *l, const char *name, unsigned rounds)
{
	char label[96];
	double wall = 0, cpu = thread_cpu_s(l->loop_thread), p99 = 0, p50 = 0;
	size_t mid, late;

	for (unsigned r = 0; r < rounds; r++) {
		uint64_t from = now_ns();

		everybody(l);
		wall += (double)(now_ns() - from) / 1e9;
		qsort(l->took_ns, l->n_took, sizeof(*l->took_ns), by_time);
		mid = l->n_took / 2;
		late = l->n_took * 99 / 100;
		p50 += (double)l->took_ns[mid] / 1e6 / rounds;
		p99 += (double)l->took_ns[late] / 1e6 / rounds;
	}
	cpu = thread_cpu_s(l->loop_thread) - cpu;
	snprintf(label, sizeof(label), "%s, one core", name);
	bench_row_bar(label, rounds * PHONES / cpu, "REGISTER/s", BENCH_AT_LEAST, 10000);
	snprintf(label, sizeof(label), "%s, load and all", name);
	bench_row(label, rounds * PHONES / wall, "REGISTER/s");
	snprintf(label, sizeof(label), "%s, %d at a time, p50", name, WINDOW);
	bench_row(label, p50, "ms");
	snprintf(label, sizeof(label), "%s, %d at a time, p99", name, WINDOW);
	bench_row_bar(label, p99, "ms", BENCH_AT_MOST, 10);
}

/* ---- the whole ---- */

static void note_thread(void *owner, void *msg)
{
	(void)owner;
	*(pthread_t *)msg = pthread_self();
}

static size_t used_bytes(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* A metric's value: the line that begins with its name. */
static double metric(struct sip *sip, const char *name)
{
	struct text t;
	char line[80];
	const char *at;
	double v;

	snprintf(line, sizeof(line), "\nswitchroom_%s ", name);
	text_init(&t, 65536);
	sip_metrics(sip, &t);
	at = t.buf ? strstr(t.buf, line) : NULL;
	if (!at || sscanf(at, " %*s %lf", &v) != 1)
		die(name, 0);
	text_fini(&t);
	return v;
}

int main(void)
{
	char dir[512], why[256];
	struct store_options so = { .dir = bench_folder(dir, sizeof(dir)), .clock = &clock_system };
	struct sip_options o = { .listen = "127.0.0.1", .port = 0 };
	struct load l = { 0 };
	struct engine_status st;
	struct phones *phones;
	struct store *store;
	struct sip *sip;
	uint64_t from;
	size_t base;
	double contacts;
	int err;

	log_setup(LOG_ERROR, LOG_PLAIN, 2);
	if (store_open(&store, &so, why, sizeof(why)))
		die(why, 0);
	configure(store);
	if ((err = loop_new(&o.loop, "calls", &clock_system)))
		die("loop_new", err);
	base = used_bytes();
	if ((err = phones_new(&phones, o.loop, store)))
		die("phones_new", err);
	o.store = store;
	o.phones = phones;
	from = now_ns();
	if ((err = sip_start(&sip, &o)))
		die("sip_start", err);
	bench_row("SIP: start with 10,000 pools", (double)(now_ns() - from) / 1e6, "ms");
	if ((err = loop_start_thread(o.loop)))
		die("loop_start_thread", err);
	if (mailbox_ask(loop_mailbox(o.loop), note_thread, &l.loop_thread, sizeof(l.loop_thread),
			5000, NULL))
		die("loop thread", 0);
	sip_status(sip, &st);
	if (!st.on)
		die(st.why, 0);

	l.fd = socket(AF_INET, SOCK_DGRAM, 0);
	l.to = (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(st.port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	(void)sip_hasher_new(&l.hasher);
	{
		size_t before = used_bytes();

		l.phones = mem_zalloc(PHONES * sizeof(*l.phones));
		l.took_ns = mem_zalloc(PHONES * sizeof(*l.took_ns));
		base += used_bytes() - before;
	}
	for (unsigned i = 0; i < PHONES; i++) {
		char user[16];

		snprintf(user, sizeof(user), "%u", 20001 + i);
		sip_ha1_make(l.hasher, user, "127.0.0.1", "secret", &l.phones[i].ha1);
	}
	measure(&l, "SIP: REGISTER, 401, REGISTER", 1);
	bench_row_bar("SIP: memory per registered phone, of 10,000",
		      ((double)(used_bytes() - base) - metric(sip, "sip_answer_cache_bytes")) /
			  PHONES,
		      "bytes", BENCH_AT_MOST, 8000);
	measure(&l, "SIP: REGISTER with digest", ROUNDS);
	contacts = metric(sip, "sip_contacts");
	bench_row("SIP: contacts registered", contacts, "contacts");
	bench_row("SIP: datagrams lost", (double)l.lost, "datagrams");
	bench_row("SIP: wrong answers", (double)l.wrong, "answers");

	loop_stop(o.loop);
	loop_join(o.loop);
	sip_stop(sip);
	phones_free(phones);
	loop_free(o.loop);
	store_close(store);
	sip_hasher_free(l.hasher);
	mem_free(l.phones);
	mem_free(l.took_ns);
	bench_folder_remove(dir);
	return l.wrong || contacts < PHONES ? 1 : 0;
}
