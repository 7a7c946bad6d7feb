/* server/phones/resets.c - reset and restart of all phones of a protocol, one after the other: every
 * `interval`, or in sequence, each when the one before has registered again. One job for each
 * protocol; a new one takes the place of the old. Call loop. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"

#define AT_ONCE_MS    10 /* interval 0: a few in each turn, so that nothing else waits for them */
#define AT_ONCE       20
#define SEQUENCE_MS   1000
#define RETURN_MAX_MS (PHONES_RETURN_MAX_S * 1000u)

static const char *const action_names[] = { [PHONE_RESTART] = "restart", [PHONE_RESET] = "reset" };

/* ---- who is in it ---- */

static void job_add(struct reset_job *job, struct phone *ph)
{
	if (!ph->registered || ph->reset_due || ph->protocol != job->protocol)
		return;
	if (job->n == job->cap) {
		job->cap = job->cap ? job->cap * 2 : 64;
		job->names = mem_realloc(job->names, job->cap * sizeof(*job->names));
	}
	ph->reset_due = true;
	text_copy(job->names[job->n++], DEVICE_NAME_SIZE, ph->name);
}

/* In the order of tags; contacts of pools without a MAC come behind. */
static void job_fill(struct phones *p, struct reset_job *job)
{
	enum conf_kind kind = job->protocol == PHONE_SIP ? CONF_POOL : CONF_EPHONE;

	for (size_t i = 0; i < p->conf.kind[kind].tags; i++) {
		const struct phone_conf *c = p->conf.kind[kind].by_tag[i];

		if (c && c->phone)
			job_add(job, c->phone);
	}
	for (size_t i = 0; i < p->n; i++)
		job_add(job, p->order[i]);
}

/* ---- one step ---- */

static void job_end(struct phones *p, struct reset_job *job, const char *how)
{
	for (size_t i = job->at; i < job->n; i++) {
		struct phone *ph = phone_find(p, job->names[i]);

		if (ph)
			ph->reset_due = false;
	}
	log_info(LOG_PHONES, "reset_all_ended", "protocol=%s action=%s phones=%zu how=%s",
		 phone_protocol_names[job->protocol], action_names[job->action], job->at, how);
	loop_timer_cancel(&job->timer);
	mem_free(job->names);
	job->names = NULL;
	job->n = job->at = job->cap = 0;
	job->on = false;
}

/* False: it has gone in the meantime, there is nothing to wait for. */
static bool act_on_next(struct phones *p, struct reset_job *job)
{
	const char *name = job->names[job->at++];
	struct phone *ph = phone_find(p, name);

	if (!ph)
		return false;
	ph->reset_due = false;
	job->acted_ms = clock_wall_ns(p->clock) / 1000000;
	job->give_up_ms = loop_now_ms(p->loop) + RETURN_MAX_MS;
	return ph->registered && ph->protocol == job->protocol &&
	       !phones_do_act(p, name, job->action, job->who);
}

/* A SIP phone that comes back may look like one that refreshes: any REGISTER counts. */
static bool has_returned(struct phones *p, const struct reset_job *job)
{
	const struct phone *ph = phone_find(p, job->names[job->at - 1]);

	if (!ph)
		return true;
	return ph->registered && (ph->registered_ms > job->acted_ms ||
				  (job->protocol == PHONE_SIP && ph->taken_ms > job->acted_ms));
}

static void step_sequence(struct phones *p, struct reset_job *job)
{
	if (job->waiting && !has_returned(p, job) && loop_now_ms(p->loop) < job->give_up_ms) {
		loop_timer_set(&job->timer, SEQUENCE_MS);
		return;
	}
	job->waiting = false;
	while (job->at < job->n && !job->waiting)
		job->waiting = act_on_next(p, job);
	if (job->waiting)
		loop_timer_set(&job->timer, SEQUENCE_MS);
	else
		job_end(p, job, "done");
}

static void step_interval(struct phones *p, struct reset_job *job)
{
	unsigned acted = 0, most = job->interval_s ? 1 : AT_ONCE;

	while (job->at < job->n && acted < most)
		acted += act_on_next(p, job);
	if (job->at < job->n)
		loop_timer_set(&job->timer,
			       job->interval_s ? job->interval_s * 1000ull : AT_ONCE_MS);
	else
		job_end(p, job, "done");
}

static void job_step(struct reset_job *job)
{
	if (job->sequence)
		step_sequence(job->phones, job);
	else
		step_interval(job->phones, job);
}

static void on_timer(struct loop_timer *t)
{
	job_step(container_of(t, struct reset_job, timer));
}

/* ---- begin and end ---- */

void resets_init(struct phones *p)
{
	for (int i = 0; i < PHONE_PROTOCOLS; i++) {
		p->reset[i].phones = p;
		p->reset[i].protocol = (enum phone_protocol)i;
		loop_timer_init(&p->reset[i].timer, p->loop, on_timer);
	}
}

void resets_free(struct phones *p)
{
	for (int i = 0; i < PHONE_PROTOCOLS; i++) {
		loop_timer_cancel(&p->reset[i].timer);
		mem_free(p->reset[i].names);
	}
}

size_t resets_start(struct phones *p, const struct phones_reset *r, const char *who)
{
	struct reset_job *job = &p->reset[r->protocol];
	size_t n;

	loop_assert_owner(p->loop);
	if (job->on)
		job_end(p, job, "replaced");
	job->action = r->action;
	job->sequence = r->sequence;
	job->interval_s = r->interval_s;
	job->waiting = false;
	job->started_ms = clock_wall_ns(p->clock) / 1000000;
	text_copy(job->who, sizeof(job->who), who);
	job_fill(p, job);
	n = job->n;
	if (!n)
		return 0;
	job->on = true;
	log_info(LOG_PHONES, "reset_all", "protocol=%s action=%s phones=%zu %s=%u by=%s",
		 phone_protocol_names[job->protocol], action_names[job->action], n,
		 job->sequence ? "sequence" : "interval_s", job->sequence ? 1 : job->interval_s,
		 job->who);
	job_step(job);
	return n;
}

size_t resets_cancel(struct phones *p, enum phone_protocol protocol)
{
	struct reset_job *job = &p->reset[protocol];
	size_t left = job->on ? job->n - job->at : 0;

	loop_assert_owner(p->loop);
	if (job->on)
		job_end(p, job, "cancelled");
	return left;
}

cJSON *reset_json(const struct reset_job *job)
{
	cJSON *o = cJSON_CreateObject();
	char at[TIME_TEXT_SIZE];

	text_time(at, job->started_ms * 1000000);
	cJSON_AddStringToObject(o, "protocol", phone_protocol_names[job->protocol]);
	cJSON_AddStringToObject(o, "action", action_names[job->action]);
	cJSON_AddStringToObject(o, "scope", job->sequence ? "sequence-all" : "all");
	if (job->sequence)
		cJSON_AddNullToObject(o, "interval");
	else
		cJSON_AddNumberToObject(o, "interval", job->interval_s);
	cJSON_AddNumberToObject(o, "phones", (double)job->n);
	cJSON_AddNumberToObject(o, "done", (double)job->at);
	if (job->waiting)
		cJSON_AddStringToObject(o, "waiting_for", job->names[job->at - 1]);
	else
		cJSON_AddNullToObject(o, "waiting_for");
	cJSON_AddStringToObject(o, "started_at", at);
	cJSON_AddStringToObject(o, "who", job->who);
	return o;
}
