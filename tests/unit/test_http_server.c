/* The wrapper around civetweb over real sockets on loopback: server/http/http.h. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/cli/local.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/http/cert.h"
#include "server/http/http.h"
#include "tests/support/test.h"

#define TIMEOUT_MS 1200
#define MAX_BODY   200000

/* Answers with what it understood: method, path, query value q, body length. */
static void echo(void *ctx, struct http_req *r)
{
	char q[64] = "", out[256], cookie[32] = "";
	const char *body;
	size_t len;
	int err, n;

	(void)ctx;
	if (strstr(http_path(r), "/big")) {
		static const char piece[1000];

		http_reply_begin(r, 200, "application/octet-stream", UINT64_MAX);
		for (int i = 0; i < 300; i++)
			http_reply_write(r, piece, sizeof(piece));
		http_reply_end(r);
		return;
	}
	if (!strcmp(http_path(r), "/silent"))
		return;
	http_query_get(r, "q", q, sizeof(q));
	http_cookie(r, "c", cookie, sizeof(cookie));
	err = http_body(r, &body, &len);
	n = snprintf(out, sizeof(out), "%s %s q=%s c=%s len=%zu err=%s", http_method(r),
		     http_path(r), q, cookie, len, err_code(err));
	http_set_header(r, "X-Test", "one\r\ntwo");
	http_reply(r, err ? err_http(err) : 200, "text/plain", out, (size_t)n);
}

struct rig {
	struct http_server *plain, *tls, *local;
	char *dir;
	char cert[CERT_PATH_MAX];
};

static int setup(void **state)
{
	static const char *const listen_plain[] = { "127.0.0.1:0", NULL };
	static const char *const listen_tls[] = { "127.0.0.1:0", NULL };
	static const bool tls[] = { true };
	struct rig *r = mem_zalloc(sizeof(*r));
	struct http_options opt = { .listen = listen_plain,
				    .threads = 8,
				    .per_address = 5,
				    .keep_alive_ms = 1000,
				    .timeout_ms = TIMEOUT_MS,
				    .max_body = MAX_BODY,
				    .handler = echo };
	char why[200] = "";

	r->dir = test_tmpdir();
	if (cert_ensure(r->dir, NULL, r->cert, why, sizeof(why)))
		return -1;
	if (http_start(&r->plain, &opt, why, sizeof(why)))
		return -1;
	opt.listen = listen_tls;
	opt.tls = tls;
	opt.cert_file = r->cert;
	if (http_start(&r->tls, &opt, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return -1;
	}
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	http_stop(r->local);
	http_stop(r->plain);
	http_stop(r->tls);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

static int dial_from(uint16_t port, const char *from)
{
	struct timeval tv = { .tv_sec = 5 };
	struct net_addr to, source;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(net_addr_parse(&to, "127.0.0.1", port), 0);
	assert_int_equal(net_addr_parse(&source, from, 0), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_int_equal(bind(fd, &source.u.sa, net_addr_len(&source)), 0);
	assert_int_equal(connect(fd, &to.u.sa, net_addr_len(&to)), 0);
	return fd;
}

static size_t read_all(int fd, char *buf, size_t cap)
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < cap && (got = recv(fd, buf + n, cap - 1 - n, 0)) > 0)
		n += (size_t)got;
	buf[n] = '\0';
	return n;
}

/* One request on a connection of its own; returns the status, the whole answer in `out`. */
static int ask(struct rig *r, const char *request, size_t len, char *out, size_t cap)
{
	int fd = dial_from(http_port(r->plain, 0), "127.0.0.1"), status = 0;

	assert_int_equal(send(fd, request, len, MSG_NOSIGNAL), (ssize_t)len);
	shutdown(fd, SHUT_WR);
	read_all(fd, out, cap);
	close(fd);
	if (sscanf(out, "HTTP/1.1 %d", &status) != 1)
		return 0;
	return status;
}

static int ask_text(struct rig *r, const char *request, char *out, size_t cap)
{
	return ask(r, request, strlen(request), out, cap);
}

static void a_request_reaches_the_handler(void **state)
{
	char out[4096];

	assert_int_equal(
	    ask_text(*state,
		     "POST /a%20b?q=x%26y&z HTTP/1.1\r\nHost: h\r\nCookie: b=1; c=2\r\n"
		     "Content-Length: 5\r\n\r\nhello",
		     out, sizeof(out)),
	    200);
	assert_non_null(strstr(out, "POST /a b q=x&y c=2 len=5 err=ok"));
	assert_non_null(strstr(out, "X-Test: one__two\r\n"));
}

static void a_chunked_body_is_put_together(void **state)
{
	char out[4096];

	assert_int_equal(ask_text(*state,
				  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
				  "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n",
				  out, sizeof(out)),
			 200);
	assert_non_null(strstr(out, "len=19 err=ok"));
}

static void broken_requests_are_refused(void **state)
{
	static const struct {
		const char *request;
		int status;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n0\r\n\r\n",
		  400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		  400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n", 400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 5\r\n\r\nhello", 400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tfolded\r\nContent-Length: "
		  "5\r\n\r\nhello",
		  400 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 411 },
		{ "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200001\r\n\r\n", 413 },
		{ "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a\r\nX:\r\nY: \r\nConnection: close\r\n\r\n", 200 },
		{ "GARBAGE\r\n\r\n", 400 },
		{ "GET / HTTP/3.7\r\nHost: a\r\n\r\n", 505 },
		{ "\x16\x03\x01\x02\x01\x01\r\n\r\n", 400 },
	};
	char out[4096];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int got = ask_text(*state, rows[i].request, out, sizeof(out));

		if (got != rows[i].status)
			fail_msg("row %zu: %d instead of %d: %s", i, got, rows[i].status, out);
		assert_non_null(strstr(out, "Connection: close"));
	}
}

static void a_head_of_20_kB_and_one_of_70_fields_get_431(void **state)
{
	char req[24000], out[4096];
	struct text t;

	text_fixed(&t, req, sizeof(req));
	text_add(&t, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
	for (int i = 0; i < 20000; i++)
		text_addc(&t, 'x');
	text_add(&t, "\r\n\r\n");
	assert_int_equal(ask(*state, req, t.len, out, sizeof(out)), 431);
	text_reset(&t);
	text_add(&t, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 70; i++)
		text_add(&t, "X: y\r\n");
	text_add(&t, "\r\n");
	assert_int_equal(ask(*state, req, t.len, out, sizeof(out)), 431);
}

static void a_chunked_body_over_the_limit_gets_413(void **state)
{
	char *req = mem_alloc(MAX_BODY + 1000), out[4096];
	size_t n =
	    (size_t)sprintf(req,
			    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
			    "%x\r\n",
			    MAX_BODY + 100);

	memset(req + n, 'x', MAX_BODY + 100);
	n += MAX_BODY + 100;
	n += (size_t)sprintf(req + n, "\r\n0\r\n\r\n");
	assert_int_equal(ask(*state, req, n, out, sizeof(out)), 413);
	mem_free(req);
}

static void two_requests_share_a_connection(void **state)
{
	char out[8192];
	const char *second;

	assert_int_equal(ask_text(*state,
				  "POST /one HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
				  "GET /two HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
				  out, sizeof(out)),
			 200);
	assert_non_null(strstr(out, "Connection: keep-alive"));
	second = strstr(out, "GET /two");
	assert_non_null(second);
	assert_non_null(strstr(out, "Connection: close"));
}

static void head_gets_no_body_and_silence_gets_500(void **state)
{
	char out[4096];

	assert_int_equal(ask_text(*state,
				  "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out,
				  sizeof(out)),
			 200);
	assert_string_equal(strstr(out, "\r\n\r\n"), "\r\n\r\n");
	assert_int_equal(
	    ask_text(*state, "GET /silent HTTP/1.1\r\nHost: h\r\n\r\n", out, sizeof(out)), 500);
}

static void a_streamed_answer_is_chunked(void **state)
{
	char *out = mem_alloc(400000);

	assert_int_equal(ask_text(*state,
				  "GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", out,
				  400000),
			 200);
	assert_non_null(strstr(out, "Transfer-Encoding: chunked"));
	assert_non_null(strstr(out, "\r\n\r\n3e8\r\n"));
	mem_free(out);
}

static int64_t now_ms(void)
{
	return (int64_t)clock_mono_ms(&clock_system);
}

/* A client that stalls or trickles is cut after timeout_ms, whatever it is in the midst of. */
static void a_stalled_client_is_cut(void **state)
{
	static const char *const starts[] = {
		"GET / HT",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nabc",
	};
	struct rig *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		int fd = dial_from(http_port(r->plain, 0), "127.0.0.1");
		int64_t begin = now_ms();
		struct timeval tv = { .tv_usec = 100000 };
		char buf[4096];
		ssize_t n = -1;

		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		send(fd, starts[i], strlen(starts[i]), MSG_NOSIGNAL);
		while (now_ms() - begin < 4 * TIMEOUT_MS) {
			n = recv(fd, buf, sizeof(buf), 0);
			if (n == 0 || (n < 0 && errno != EAGAIN))
				break;
			if (n < 0)
				send(fd, "x", 1, MSG_NOSIGNAL); /* trickle */
		}
		close(fd);
		if (now_ms() - begin >= 2 * TIMEOUT_MS + 500)
			fail_msg("start %zu was not cut", i);
	}
}

static void one_address_has_a_limit_of_connections(void **state)
{
	struct rig *r = *state;
	int fds[8], closed = 0, other;
	struct http_stats st;
	char out[4096];

	usleep(50000);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fds[i] = dial_from(http_port(r->plain, 0), "127.0.0.2");
	usleep(100000);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		char c;

		if (recv(fds[i], &c, 1, MSG_DONTWAIT) == 0)
			closed++;
	}
	assert_int_equal(closed, 3);
	http_stats(r->plain, &st);
	assert_true(st.refused >= 3);
	/* another address is served meanwhile */
	assert_int_equal(ask_text(r, "GET / HTTP/1.0\r\n\r\n", out, sizeof(out)), 200);
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	usleep(100000);
	/* and the first one again, now that its connections are gone */
	other = dial_from(http_port(r->plain, 0), "127.0.0.2");
	send(other, "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL);
	assert_true(read_all(other, out, sizeof(out)) > 0);
	close(other);
}

static unsigned signature_hash(const X509 *x)
{
	const ASN1_BIT_STRING *sig;
	unsigned h = 0;

	X509_get0_signature(&sig, NULL, x);
	for (int i = 0; i < ASN1_STRING_length(sig); i++)
		h = h * 31 + ASN1_STRING_get0_data(sig)[i];
	return h;
}

static long tls_hello(struct rig *r, int version, long *fingerprint)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	int fd = dial_from(http_port(r->tls, 0), "127.0.0.1");
	long got = 0;
	X509 *x;

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) == 1) {
		got = SSL_version(ssl);
		x = SSL_get1_peer_certificate(ssl);
		*fingerprint = signature_hash(x);
		X509_free(x);
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	return got;
}

static void only_tls_1_2_and_1_3_are_spoken(void **state)
{
	long fp = 0;

	assert_int_equal(tls_hello(*state, TLS1_2_VERSION, &fp), TLS1_2_VERSION);
	assert_int_equal(tls_hello(*state, TLS1_3_VERSION, &fp), TLS1_3_VERSION);
	assert_int_equal(tls_hello(*state, TLS1_1_VERSION, &fp), 0);
	assert_int_equal(tls_hello(*state, TLS1_VERSION, &fp), 0);
}

static void the_certificate_is_private_and_names_the_host(void **state)
{
	struct rig *r = *state;
	struct cert_info info;
	struct stat st;
	char why[100];

	assert_int_equal(stat(r->cert, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(cert_describe(r->cert, &info, why, sizeof(why)), 0);
	assert_true(info.self_signed);
	assert_string_equal(info.key, "EC 256");
	assert_non_null(strstr(info.names, "localhost"));
	assert_non_null(strstr(info.names, "127.0.0.1"));
	assert_true(info.not_after_s > info.not_before_s);
}

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *buf = mem_zalloc(CERT_PEM_MAX);

	assert_non_null(f);
	*len = fread(buf, 1, CERT_PEM_MAX, f);
	fclose(f);
	return buf;
}

static void a_certificate_of_ones_own_is_checked_and_taken(void **state)
{
	struct rig *r = *state;
	char *other = test_tmpdir(), path[CERT_PATH_MAX], why[200];
	struct cert_info before, after;
	size_t len;
	char *pem;

	assert_int_equal(cert_ensure(other, NULL, path, why, sizeof(why)), 0);
	pem = slurp(path, &len);
	assert_int_equal(cert_install(r->dir, "rubbish", 7, why, sizeof(why)), ERR_INVALID);
	assert_int_equal(cert_install(r->dir, pem, (size_t)(strstr(pem, "-----BEGIN PRIV") - pem),
				      why, sizeof(why)),
			 ERR_INVALID);
	assert_non_null(strstr(why, "key"));
	assert_int_equal(cert_describe(r->cert, &before, why, sizeof(why)), 0);
	assert_int_equal(cert_install(r->dir, pem, len, why, sizeof(why)), 0);
	assert_int_equal(cert_ensure(r->dir, NULL, path, why, sizeof(why)), 0);
	assert_non_null(strstr(path, "server.pem"));
	assert_int_equal(cert_describe(path, &after, why, sizeof(why)), 0);
	assert_string_not_equal(before.fingerprint, after.fingerprint);
	assert_int_equal(cert_remove(r->dir), 0);
	assert_int_equal(cert_remove(r->dir), ERR_NOENT);
	mem_free(pem);
	test_rmdir(other);
}

static void a_new_certificate_is_shown_to_new_connections(void **state)
{
	struct rig *r = *state;
	char why[200], path[CERT_PATH_MAX];
	long old = 0, fresh = 0;

	assert_int_equal(tls_hello(r, TLS1_3_VERSION, &old), TLS1_3_VERSION);
	assert_int_equal(unlink(r->cert), 0);
	assert_int_equal(cert_ensure(r->dir, NULL, path, why, sizeof(why)), 0);
	assert_int_equal(http_reload_certificate(r->tls, path, why, sizeof(why)), 0);
	assert_int_equal(tls_hello(r, TLS1_3_VERSION, &fresh), TLS1_3_VERSION);
	assert_int_not_equal(old, fresh);
}

static void a_port_in_use_is_told(void **state)
{
	struct rig *r = *state;
	char addr[40], why[200] = "";
	const char *const listen_on[] = { addr, NULL };
	struct http_options opt = {
		.listen = listen_on, .threads = 2, .timeout_ms = 1000, .handler = echo
	};
	struct http_server *s = NULL;

	snprintf(addr, sizeof(addr), "127.0.0.1:%u", http_port(r->plain, 0));
	assert_int_equal(http_start(&s, &opt, why, sizeof(why)), ERR_EXIST);
	assert_non_null(strstr(why, addr));
}

/* ---- the local socket ---- */

static int local_server(struct rig *r, const char *dir, char *why, size_t cap)
{
	struct http_options opt = { .local = dir,
				    .threads = 2,
				    .timeout_ms = TIMEOUT_MS,
				    .max_body = MAX_BODY,
				    .handler = echo };

	return http_start(&r->local, &opt, why, cap);
}

static void local_path(char *out, size_t cap, const char *dir)
{
	snprintf(out, cap, "%s/" HTTP_LOCAL, dir);
}

/* A folder whose path is longer than that of a socket may be, and has commas in it. */
static char *deep_folder(const struct rig *r, char *out, size_t cap)
{
	int n = snprintf(out, cap, "%s/", r->dir);

	for (int i = 0; i < 120; i++)
		n += snprintf(out + n, cap - (size_t)n, "%c", i % 10 == 9 ? ',' : 'a');
	assert_int_equal(mkdir(out, 0700), 0);
	return out;
}

static void a_local_socket_is_for_its_owner_from_the_first_moment(void **state)
{
	struct rig *r = *state;
	char dir[400], path[500], why[600] = "";
	struct local_answer a;
	struct stat st;
	mode_t old = umask(0);

	deep_folder(r, dir, sizeof(dir));
	local_path(path, sizeof(path), dir);
	assert_int_equal(local_server(r, dir, why, sizeof(why)), 0);
	umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(
	    local_request(dir, "POST", "/a?q=x", "text/plain", "hello", 5, &a, why, sizeof(why)),
	    0);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "POST /api/v1/a q=x c= len=5 err=ok");
	assert_string_equal(a.type, "text/plain");
	local_answer_fini(&a);
	http_stop(r->local);
	r->local = NULL;
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(local_request(dir, "GET", "/", NULL, NULL, 0, &a, why, sizeof(why)),
			 ERR_NOENT);
	assert_non_null(strstr(why, "no server runs with the data directory"));
	rmdir(dir);
}

static void a_socket_left_over_is_replaced_and_a_file_is_not(void **state)
{
	struct rig *r = *state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char why[600] = "";
	struct local_answer a;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	local_path(at.sun_path, sizeof(at.sun_path), r->dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd); /* the file stays, as behind a server that was killed */
	assert_int_equal(local_request(r->dir, "GET", "/", NULL, NULL, 0, &a, why, sizeof(why)),
			 ERR_NOENT);
	assert_non_null(strstr(why, "left over"));
	assert_int_equal(local_server(r, r->dir, why, sizeof(why)), 0);
	assert_int_equal(local_request(r->dir, "GET", "/", NULL, NULL, 0, &a, why, sizeof(why)), 0);
	local_answer_fini(&a);
	http_stop(r->local);
	r->local = NULL;

	fd = open(at.sun_path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_not_equal(local_server(r, r->dir, why, sizeof(why)), 0);
	assert_non_null(strstr(why, "Cannot listen on"));
	assert_int_equal(unlink(at.sun_path), 0);
}

static void a_long_local_answer_comes_whole(void **state)
{
	struct rig *r = *state;
	struct local_answer a;
	char why[600] = "";

	assert_int_equal(local_server(r, r->dir, why, sizeof(why)), 0);
	assert_int_equal(local_request(r->dir, "GET", "/big", NULL, NULL, 0, &a, why, sizeof(why)),
			 0);
	assert_int_equal(a.len, 300000);
	local_answer_fini(&a);
	http_stop(r->local);
	r->local = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_reaches_the_handler),
		cmocka_unit_test(a_chunked_body_is_put_together),
		cmocka_unit_test(broken_requests_are_refused),
		cmocka_unit_test(a_head_of_20_kB_and_one_of_70_fields_get_431),
		cmocka_unit_test(a_chunked_body_over_the_limit_gets_413),
		cmocka_unit_test(two_requests_share_a_connection),
		cmocka_unit_test(head_gets_no_body_and_silence_gets_500),
		cmocka_unit_test(a_streamed_answer_is_chunked),
		cmocka_unit_test(a_stalled_client_is_cut),
		cmocka_unit_test(one_address_has_a_limit_of_connections),
		cmocka_unit_test(only_tls_1_2_and_1_3_are_spoken),
		cmocka_unit_test(the_certificate_is_private_and_names_the_host),
		cmocka_unit_test(a_certificate_of_ones_own_is_checked_and_taken),
		cmocka_unit_test(a_new_certificate_is_shown_to_new_connections),
		cmocka_unit_test(a_port_in_use_is_told),
		cmocka_unit_test(a_local_socket_is_for_its_owner_from_the_first_moment),
		cmocka_unit_test(a_socket_left_over_is_replaced_and_a_file_is_not),
		cmocka_unit_test(a_long_local_answer_comes_whole),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
