/* server/hfs/serve.c - see serve.h. Phones take 404 as "this file does not exist" and ask no
 * further, so nothing else is ever answered with it; what is wrong with us is 5xx, after which they
 * try TFTP. */
#include "server/hfs/serve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/clock.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/hfs/range.h"
#include "server/phones/phones.h"
#include "store/store.h"

#define PIECE (256u << 10)

struct request {
	struct hfs_service *hfs;
	struct http_req *http;
	uint64_t began_ms;
	const char *name;
	bool head;
};

static void tell_phones(const struct request *r, enum phone_step step, uint64_t bytes,
			const char *note)
{
	const struct clock *clock = store_clock(r->hfs->store);
	struct phones_file f = {
		.peer = *http_peer(r->http), .transport = "http", .step = step, .bytes = bytes
	};

	if (!r->hfs->phones || r->head)
		return;
	text_copy(f.name, sizeof(f.name), r->name);
	text_copy(f.note, sizeof(f.note), note);
	f.duration_ms = (uint32_t)(clock_mono_ms(clock) - r->began_ms);
	phones_post_file(r->hfs->phones, &f);
}

static const char *media_type(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcasecmp(name + len - 4, ".xml") == 0 ? "text/xml"
								  : "application/octet-stream";
}

static int send_pieces(struct http_req *http, const struct file_view *v,
		       const struct byte_range *range)
{
	uint8_t *buf = mem_alloc(PIECE);
	uint64_t at = range->at, end = range->at + range->len;
	int err = 0;

	while (!err && at < end) {
		size_t want = end - at < PIECE ? (size_t)(end - at) : PIECE;
		long n = files_read(v, at, buf, want);

		err = n < 0 ? (int)n : http_reply_write(http, buf, (size_t)n);
		at += want;
	}
	mem_free(buf);
	return err;
}

static int send_file(struct request *r, const struct file_view *v, int status,
		     const struct byte_range *range)
{
	const char *type = media_type(v->name);
	int err, end;

	if (v->data) {
		http_reply(r->http, status, type, v->data + range->at, (size_t)range->len);
		return 0;
	}
	err = http_reply_begin(r->http, status, type, range->len);
	if (!err && !r->head)
		err = send_pieces(r->http, v, range);
	end = http_reply_end(r->http);
	return err ? err : end;
}

/* `debug cme-hfs` */
static void trace(const struct request *r, const char *outcome, uint64_t bytes)
{
	char peer[NET_TEXT_SIZE], name[160];

	if (!log_debug_is_on(LOG_HFS))
		return;
	log_quote(name, sizeof(name), r->name, strlen(r->name));
	log_debug(LOG_HFS, "request", "peer=%s name=%s outcome=%s bytes=%" PRIu64,
		  net_addr_text(http_peer(r->http), peer), name, outcome, bytes);
}

static void answer_file(struct request *r, const struct file_view *v)
{
	struct hfs_counts *c = &r->hfs->counts;
	/* If-Range needs a validator, and we give none out: then the whole (RFC 9110 13.1.5) */
	const char *header =
	    http_header(r->http, "If-Range") ? NULL : http_header(r->http, "Range");
	struct byte_range range;
	enum range_kind kind = range_parse(header, v->size, &range);
	bool home = v->source == FILE_HOME;
	char text[80];
	int err;

	http_set_header(r->http, "Accept-Ranges", "bytes");
	if (kind == RANGE_BAD) {
		snprintf(text, sizeof(text), "bytes */%" PRIu64, v->size);
		http_set_header(r->http, "Content-Range", text);
		http_reply(r->http, 416, "text/plain", "", 0);
		return;
	}
	if (kind == RANGE_PART) {
		snprintf(text, sizeof(text), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, range.at,
			 range.at + range.len - 1, v->size);
		http_set_header(r->http, "Content-Range", text);
	}
	atomic_fetch_add(&c->home_now, home);
	err = send_file(r, v, kind == RANGE_PART ? 206 : 200, &range);
	atomic_fetch_sub(&c->home_now, home);
	atomic_fetch_add(err ? &c->aborted : &c->sent, 1);
	atomic_fetch_add(&c->bytes, err || r->head ? 0 : range.len);
	trace(r, err ? "aborted" : "sent", err ? 0 : range.len);
	tell_phones(r, err ? STEP_FILE_ABORTED : STEP_FILE_SENT, err ? 0 : range.len, "");
}

static void answer_miss(struct request *r, int err, const struct files_miss *miss)
{
	struct hfs_counts *c = &r->hfs->counts;
	bool refused = err == ERR_PERM;
	char note[sizeof(((struct phones_file *)0)->note)];

	if (err != ERR_NOENT && !refused) {
		http_reply(r->http, err_http(err), "text/plain", "", 0);
		return;
	}
	http_reply(r->http, 404, "text/plain", "", 0); /* also for what leaves the folder */
	atomic_fetch_add(refused ? &c->refused : &c->missing, 1);
	trace(r, refused ? "refused" : "missing", 0);
	files_miss_note(miss, note, sizeof(note));
	tell_phones(r, refused ? STEP_FILE_REFUSED : STEP_FILE_MISSING, 0, note);
}

void hfs_serve(void *service, struct http_req *req)
{
	struct request r = { .hfs = service, .http = req };
	struct files_miss miss = { .nearest = "" };
	struct file_view *view;
	int err;

	r.began_ms = clock_mono_ms(store_clock(r.hfs->store));
	r.head = strcmp(http_method(req), "HEAD") == 0;
	if (!r.head && strcmp(http_method(req), "GET") != 0) {
		http_set_header(req, "Allow", "GET, HEAD");
		http_reply(req, 405, "text/plain", "", 0);
		return;
	}
	r.name = http_path(req);
	r.name += strspn(r.name, "/");
	err = files_open(r.hfs->files, r.name, http_peer(req), &view, &miss);
	if (err) {
		answer_miss(&r, err, &miss);
		return;
	}
	answer_file(&r, view);
	files_close(view);
}
