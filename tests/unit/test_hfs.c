/* tests/unit/test_hfs.c - files over HTTP on a real socket: methods, ranges, absence, and following the
 * configuration without a restart. */
#include "tests/support/site.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/files/files.h"
#include "server/hfs/hfs.h"

struct rig {
	struct store_rig *store;
	struct files *files;
	struct hfs *hfs;
	struct engine_status status;
};

static void start(struct rig *r, int port)
{
	struct hfs_options o = {
		.store = r->store->store, .files = r->files, .listen = "127.0.0.1", .port = port
	};

	assert_int_equal(hfs_start(&r->hfs, &o), 0);
	hfs_status(r->hfs, &r->status);
}

static int setup(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));
	int rc = site_setup((void **)&r->store);

	site_set(r->store, "http", "{\"enabled\":true}");
	site_set(r->store, "telephony-service", "{\"hfs\":{\"enabled\":true,\"port\":6970}}");
	assert_int_equal(files_new(&r->files, r->store->store, r->store->dir), 0);
	start(r, 0);
	*state = r;
	return rc;
}

static int teardown(void **state)
{
	struct rig *r = *state;
	void *store = r->store;

	hfs_stop(r->hfs);
	files_free(r->files);
	mem_free(r);
	return store_rig_teardown(&store);
}

/* ---- a client of its own ---- */

static int dial(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Sends `head` and reads until the peer closes. */
static char *talk(struct rig *r, const char *head)
{
	static char buf[65536];
	int fd = dial(r->status.port);
	size_t n = 0;
	ssize_t got;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, head, strlen(head)), strlen(head));
	while (n < sizeof(buf) - 1 && (got = read(fd, buf + n, sizeof(buf) - 1 - n)) > 0)
		n += (size_t)got;
	buf[n] = '\0';
	close(fd);
	return buf;
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static const char *body(const char *answer)
{
	const char *p = strstr(answer, "\r\n\r\n");

	assert_non_null(p);
	return p + 4;
}

static void assert_status(const char *answer, int status)
{
	char want[32];

	snprintf(want, sizeof(want), "HTTP/1.1 %d ", status);
	if (strncmp(answer, want, strlen(want)) != 0)
		fail_msg("not %d: %.60s", status, answer);
}

static void put(struct rig *r, const char *name, const char *text)
{
	char path[4400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/files/%s", r->store->dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void files_come_whole_and_typed(void **state)
{
	struct rig *r = *state;
	struct file_view *v;
	struct files_miss miss;
	char *a;

	assert_true(r->status.on);
	assert_true(r->status.overridden);
	a = talk(r, "GET /SEP001122334455.cnf.xml HTTP/1.1\r\n" END);
	assert_status(a, 200);
	assert_non_null(strstr(a, "Content-Type: text/xml\r\n"));
	assert_non_null(strstr(a, "Accept-Ranges: bytes\r\n"));
	assert_int_equal(files_open(r->files, "SEP001122334455.cnf.xml", NULL, &v, &miss), 0);
	assert_int_equal(strlen(body(a)), v->size);
	assert_memory_equal(body(a), v->data, v->size);
	files_close(v);
	put(r, "ring.raw", "0123456789");
	a = talk(r, "GET /ring.raw HTTP/1.0\r\n\r\n");
	assert_status(a, 200);
	assert_non_null(strstr(a, "Content-Type: application/octet-stream\r\n"));
	assert_non_null(strstr(a, "Content-Length: 10\r\n"));
	assert_string_equal(body(a), "0123456789");
	assert_non_null(strstr(talk(r, "GET //./RING.raw?x=1 HTTP/1.1\r\n" END), "0123456789"));
	REQ("R-103");
}

static void head_tells_without_a_body(void **state)
{
	struct rig *r = *state;
	char *a;

	put(r, "ring.raw", "0123456789");
	a = talk(r, "HEAD /ring.raw HTTP/1.1\r\n" END);
	assert_status(a, 200);
	assert_non_null(strstr(a, "Content-Length: 10\r\n"));
	assert_string_equal(body(a), "");
	a = talk(r, "HEAD /SEP001122334455.cnf.xml HTTP/1.1\r\n" END);
	assert_status(a, 200);
	assert_null(strstr(a, "Content-Length: 0\r\n"));
	assert_string_equal(body(a), "");
	assert_status(talk(r, "HEAD /none HTTP/1.1\r\n" END), 404);
}

static void absence_is_404_and_other_methods_405(void **state)
{
	static const char *const missing[] = { "/none",
					       "/",
					       "/SEP00112233AAAA.cnf.xml",
					       "/CTLSEP001122334455.tlv",
					       "/..%2fstore.key",
					       "/%2e%2e/store.key",
					       "/../store.key",
					       "/a%5cb" };
	static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "OPTIONS" };
	struct rig *r = *state;
	char head[256];

	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\n" END, missing[i]);
		assert_status(talk(r, head), 404);
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		char *a;

		snprintf(head, sizeof(head),
			 "%s /SEP001122334455.cnf.xml HTTP/1.1\r\nContent-Length: 0\r\n" END,
			 methods[i]);
		a = talk(r, head);
		assert_status(a, 405);
		assert_non_null(strstr(a, "Allow: GET, HEAD\r\n"));
	}
}

static void parts_of_a_file_can_be_had(void **state)
{
	static const struct {
		const char *range;
		int status;
		const char *content_range, *body;
	} rows[] = {
		{ "bytes=0-3", 206, "bytes 0-3/10", "0123" },
		{ "bytes=7-", 206, "bytes 7-9/10", "789" },
		{ "bytes=-2", 206, "bytes 8-9/10", "89" },
		{ "bytes=10-", 416, "bytes */10", "" },
		{ "bytes=1-2,5-6", 200, NULL, "0123456789" },
		{ "nonsense", 200, NULL, "0123456789" },
		{ "bytes=0-3\r\nIf-Range: \"x\"", 200, NULL, "0123456789" },
	};
	struct rig *r = *state;
	char head[256];

	put(r, "ring.raw", "0123456789");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *a;

		snprintf(head, sizeof(head), "GET /ring.raw HTTP/1.1\r\nRange: %s\r\n" END,
			 rows[i].range);
		a = talk(r, head);
		assert_status(a, rows[i].status);
		assert_string_equal(body(a), rows[i].body);
		if (rows[i].content_range)
			assert_non_null(strstr(a, rows[i].content_range));
		else
			assert_null(strstr(a, "Content-Range"));
	}
	/* and of a generated one */
	assert_string_equal(
	    body(talk(r, "GET /XMLDefault.cnf.xml HTTP/1.1\r\nRange: bytes=0-4\r\n" END)), "<?xml");
}

static void one_connection_carries_many_requests(void **state)
{
	struct rig *r = *state;
	char *a, *second;

	put(r, "ring.raw", "0123456789");
	a = talk(r, "GET /none HTTP/1.1\r\nHost: x\r\n\r\n"
		    "GET /ring.raw HTTP/1.1\r\n" END);
	assert_status(a, 404);
	second = strstr(a + 1, "HTTP/1.1 ");
	assert_non_null(second);
	assert_status(second, 200);
	assert_string_equal(body(second), "0123456789");
}

/* ---- following the configuration ---- */

static void await(struct rig *r, bool on)
{
	for (int i = 0; i < 2000; i++) {
		struct timespec ms5 = { .tv_nsec = 5000000 };

		hfs_status(r->hfs, &r->status);
		if (r->status.on == on)
			return;
		nanosleep(&ms5, NULL);
	}
	fail_msg("still %s: %s", on ? "off" : "on", r->status.why);
}

static void the_switches_of_the_configuration_work_at_once(void **state)
{
	struct rig *r = *state;
	uint16_t port = r->status.port;
	cJSON *d;

	site_set(r->store, "telephony-service", "{\"hfs\":{\"enabled\":false}}");
	await(r, false);
	assert_int_equal(dial(port), -1); /* a phone must not be able to connect */
	assert_non_null(strstr(r->status.why, "hfs enable"));
	site_set(r->store, "telephony-service", "{\"hfs\":{\"enabled\":true}}");
	await(r, true);
	assert_status(talk(r, "GET /XMLDefault.cnf.xml HTTP/1.1\r\n" END), 200);
	d = hfs_describe(r->hfs);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(d, "enabled")));
	assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(d, "port")), r->status.port);
	assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(d, "sent")), 1);
	cJSON_Delete(d);
	site_apply(r->store, (const struct site_op[]){
				 { "telephony-service", "{\"hfs\":{\"enabled\":false}}" },
				 { "http", "{\"enabled\":false}" },
				 { NULL, NULL } });
	await(r, false);
	REQ("R-115");
	REQ("R-365");
}

static void a_taken_port_is_one_clear_line_not_a_failure(void **state)
{
	struct rig *r = *state;
	struct rig other = { .store = r->store, .files = r->files };

	start(&other, r->status.port);
	assert_false(other.status.on);
	assert_non_null(strstr(other.status.why, "hfs enable port"));
	hfs_stop(other.hfs);
	start(&other, HFS_PORT_OFF);
	assert_false(other.status.on);
	assert_non_null(strstr(other.status.why, "start option"));
	hfs_stop(other.hfs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
		T(files_come_whole_and_typed),
		T(head_tells_without_a_body),
		T(absence_is_404_and_other_methods_405),
		T(parts_of_a_file_can_be_had),
		T(one_connection_carries_many_requests),
		T(the_switches_of_the_configuration_work_at_once),
		T(a_taken_port_is_one_clear_line_not_a_failure),
	};

	return cmocka_run_group_tests_name("hfs", tests, NULL, NULL);
}
