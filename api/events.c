/* api/events.c - GET /events: the journal, with a long poll for those who cannot reach the feed. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/event.h"

#define PAGE_MAX ((size_t)API_PAGE_MAX * EVENT_JSON_MAX)
#define SCAN_MAX 20000 /* journal records looked at for one answer */

struct events {
	uint64_t after, before, last, mask;
	int64_t limit, wait;
	bool descending;
	const char *subject;
	struct text out;
	size_t n, scanned;
	uint64_t seen; /* highest number looked at */
};

static int add(void *ctx, const struct journal_rec *rec)
{
	struct events *e = ctx;

	e->scanned++;
	if (rec->seq > e->seen)
		e->seen = rec->seq;
	if (e->before && rec->seq >= e->before && !e->descending)
		return 1;
	if (!event_wanted(e->mask, rec->type) || rec->seq <= e->after ||
	    (e->subject && strcmp(e->subject, rec->subject) != 0))
		return 0;
	if (e->n++)
		text_addc(&e->out, ',');
	event_json(rec, &e->out);
	e->last = rec->seq;
	return e->n >= (size_t)e->limit;
}

/* Newest first: the journal is read in windows that walk backwards. */
struct window {
	struct events *e;
	struct {
		char *json;
		uint64_t seq;
	} rec[64];
	size_t n;
};

static int keep(void *ctx, const struct journal_rec *rec)
{
	struct window *w = ctx;
	struct text t;

	w->e->scanned++;
	if (!event_wanted(w->e->mask, rec->type) || (w->e->before && rec->seq >= w->e->before))
		return 0;
	text_init(&t, EVENT_JSON_MAX);
	event_json(rec, &t);
	w->rec[w->n].seq = rec->seq;
	w->rec[w->n++].json = text_take(&t);
	return 0;
}

static int read_down(struct store *s, struct events *e)
{
	uint64_t top = e->before && e->before <= journal_last(s) ? e->before - 1 : journal_last(s);
	uint64_t oldest = journal_oldest(s);

	while (top >= oldest && top > 0 && e->n < (size_t)e->limit && e->scanned < SCAN_MAX) {
		struct window w = { .e = e };
		size_t span = top - oldest + 1 < 64 ? (size_t)(top - oldest + 1) : 64;
		int err = journal_read(s, top - span, span, keep, &w);

		for (size_t i = w.n; i > 0; i--) {
			if (!err && e->n < (size_t)e->limit) {
				if (e->n++)
					text_addc(&e->out, ',');
				text_add(&e->out, w.rec[i - 1].json);
				e->last = w.rec[i - 1].seq;
			}
			mem_free(w.rec[i - 1].json);
		}
		if (err)
			return err == ERR_GONE ? 0 : err; /* trimmed under our feet: that was all */
		top -= span;
	}
	return 0;
}

static int read_some(struct store *s, struct events *e)
{
	int err;

	if (e->subject && e->descending)
		err = journal_of(s, e->subject, e->before, SCAN_MAX, add, e);
	else if (e->descending)
		err = read_down(s, e);
	else
		err = journal_read(s, e->after, SCAN_MAX, add, e);
	return err < 0 ? err : 0;
}

/* Wait until the journal is past `e->seen`. False: the time is over, or the server stops. */
static bool wait_more(struct api_req *r, const struct events *e, const struct timespec *until)
{
	struct api *a = r->api;
	bool more;
	int rc = 0;

	pthread_mutex_lock(&a->events_lock);
	while (!(more = journal_last(a->opt.store) > e->seen) && !rc && !http_stopping(r->http))
		rc = pthread_cond_timedwait(&a->events_came, &a->events_lock, until);
	pthread_mutex_unlock(&a->events_lock);
	return more && !http_stopping(r->http);
}

static int read_query(struct api_req *r, struct events *e)
{
	const char *types = api_query(r, "types"), *order = api_query(r, "order");
	int64_t after, before;
	int err = api_query_int(r, "after", 0, INT64_MAX, 0, &after);

	err = err ? err : api_query_int(r, "before", 0, INT64_MAX, 0, &before);
	err = err ? err : api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &e->limit);
	err = err ? err : api_query_int(r, "wait", 0, API_WAIT_S, 0, &e->wait);
	if (err)
		return err;
	if (event_filter(types ? types : "", &e->mask))
		return api_fault(r, ERR_MALFORMED, "query", "",
				 "types names an event that does not exist");
	if (order && strcmp(order, "asc") != 0 && strcmp(order, "desc") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "order is asc or desc");
	e->descending = order && !strcmp(order, "desc");
	e->subject = api_query(r, "subject");
	e->after = e->seen = (uint64_t)after;
	e->before = (uint64_t)before;
	return 0;
}

static int poll_events(struct api_req *r, struct events *e)
{
	struct timespec until;
	int err;

	/* Numbers from another journal would wait for ever: say so, as the feed does. */
	if (!e->descending && e->after > journal_last(r->api->opt.store))
		return ERR_GONE;
	err = read_some(r->api->opt.store, e);
	if (err || e->n || !e->wait || e->descending)
		return err;
	/* Beyond that many waiting an immediate empty answer: workers are for requests. */
	if (atomic_fetch_add(&r->api->waiters, 1) < API_WAITERS) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += e->wait;
		while (!err && !e->n && wait_more(r, e, &until)) {
			uint64_t from = e->after;

			e->after = e->seen > from ? e->seen : from;
			err = read_some(r->api->opt.store, e);
		}
	}
	atomic_fetch_sub(&r->api->waiters, 1);
	return err;
}

int api_event_list(struct api_req *r)
{
	struct events e = { 0 };
	struct text body;
	int err = read_query(r, &e);

	if (err)
		return err;
	text_init(&e.out, PAGE_MAX);
	err = poll_events(r, &e);
	if (err == ERR_GONE && e.after > journal_last(r->api->opt.store))
		api_fault(r, err, "events_gone", "",
			  "There has been no event %llu yet: the journal is another one",
			  (unsigned long long)e.after);
	else if (err == ERR_GONE)
		api_fault(r, err, "events_gone", "", "Events up to %llu are no longer kept",
			  (unsigned long long)(journal_oldest(r->api->opt.store) - 1));
	if (err) {
		text_fini(&e.out);
		return err;
	}
	text_init(&body, PAGE_MAX + 256);
	text_addf(&body, "{\"items\":[");
	text_addn(&body, e.out.buf ? e.out.buf : "", e.out.len);
	text_addf(&body, "],\"last\":%llu,\"oldest\":%llu}",
		  (unsigned long long)journal_last(r->api->opt.store),
		  (unsigned long long)journal_oldest(r->api->opt.store));
	api_text(r, 200, "application/json", body.buf, body.len);
	text_fini(&body);
	text_fini(&e.out);
	return 0;
}
