/* server/phones/device.c - the table of devices: by name, by address, sorted for paging; unknown
 * askers bounded with the oldest making room. Call loop. */
#include <stdlib.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/phones/phones_int.h"

#define FIRST_BUCKETS 256

const char *const phone_protocol_names[PHONE_PROTOCOLS] = { "sip", "sccp" };
const char *const phone_severity_names[] = { "info", "warn", "error" };
const char *const phone_transports[] = { "", "udp", "tcp", "tls", "ws", "other", NULL };

static uint32_t name_hash(const struct phones *p, const char *s)
{
	uint32_t h = 2166136261u ^ p->seed;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ (h >> 15);
}

/* Both tables have `buckets` buckets and grow together. */
static void grow(struct phones *p)
{
	size_t old = p->buckets;
	struct phone **hash = p->hash;
	struct place **places = p->places;

	p->buckets = old ? old * 2 : FIRST_BUCKETS;
	p->hash = mem_zalloc(p->buckets * sizeof(struct phone *));
	p->places = mem_zalloc(p->buckets * sizeof(struct place *));
	for (size_t i = 0; i < old; i++) {
		for (struct phone *ph = hash[i], *next; ph; ph = next) {
			size_t b = name_hash(p, ph->name) & (p->buckets - 1);

			next = ph->hash_next;
			ph->hash_next = p->hash[b];
			p->hash[b] = ph;
		}
		for (struct place *pl = places[i], *next; pl; pl = next) {
			size_t b = net_addr_hash_host(&pl->host, p->seed) & (p->buckets - 1);

			next = pl->next;
			pl->next = p->places[b];
			p->places[b] = pl;
		}
	}
	mem_free(hash);
	mem_free(places);
}

/* ---- sorted by name ---- */
size_t phones_order_find(const struct phones *p, const char *name)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(p->order[mid]->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void order_insert(struct phones *p, struct phone *ph)
{
	size_t at = phones_order_find(p, ph->name);

	if (p->n == p->order_cap) {
		p->order_cap = p->order_cap ? p->order_cap * 2 : FIRST_BUCKETS;
		p->order = mem_realloc(p->order, p->order_cap * sizeof(struct phone *));
	}
	memmove(p->order + at + 1, p->order + at, (p->n - at) * sizeof(struct phone *));
	p->order[at] = ph;
}

static void order_remove(struct phones *p, struct phone *ph)
{
	size_t at = phones_order_find(p, ph->name);

	memmove(p->order + at, p->order + at + 1, (p->n - at - 1) * sizeof(struct phone *));
}

/* ---- places ---- */
static struct place *place_find(const struct phones *p, const struct net_addr *host)
{
	struct place *pl = NULL;

	if (p->buckets)
		pl = p->places[net_addr_hash_host(host, p->seed) & (p->buckets - 1)];
	while (pl && !net_addr_same_host(&pl->host, host))
		pl = pl->next;
	return pl;
}

static void place_leave(struct phones *p, struct phone *ph)
{
	struct place *pl = ph->place, **at;

	if (!pl)
		return;
	ph->place = NULL;
	if (pl->last == ph)
		pl->last = NULL;
	if (--pl->refs > 0)
		return;
	at = &p->places[net_addr_hash_host(&pl->host, p->seed) & (p->buckets - 1)];
	while (*at != pl)
		at = &(*at)->next;
	*at = pl->next;
	mem_free(pl);
	p->n_places--;
}

static void place_enter(struct phones *p, struct phone *ph, const struct net_addr *peer)
{
	struct place *pl = place_find(p, peer);
	size_t b;

	if (!pl) {
		b = net_addr_hash_host(peer, p->seed) & (p->buckets - 1);
		pl = mem_zalloc(sizeof(*pl));
		pl->host = *peer;
		pl->next = p->places[b];
		p->places[b] = pl;
		p->n_places++;
	}
	pl->refs++;
	pl->last = ph;
	ph->place = pl;
}

/* ---- the loose ones: neither configured by MAC nor registered ---- */
static void loose_remove(struct phones *p, struct phone *ph)
{
	if (!ph->loose)
		return;
	*(ph->older ? &ph->older->newer : &p->oldest) = ph->newer;
	*(ph->newer ? &ph->newer->older : &p->newest) = ph->older;
	ph->older = ph->newer = NULL;
	ph->loose = false;
	p->n_loose--;
}

static void loose_add(struct phones *p, struct phone *ph)
{
	ph->older = p->newest;
	ph->newer = NULL;
	*(p->newest ? &p->newest->newer : &p->oldest) = ph;
	p->newest = ph;
	ph->loose = true;
	p->n_loose++;
}

static void phone_free(struct phone *ph)
{
	timeline_free(&ph->timeline);
	mem_free(ph->firmware);
	mem_free(ph->user_agent);
	mem_free(ph->missing);
	mem_free(ph->miss_note);
	mem_free(ph->reject_reason);
	mem_free(ph);
}

static void phone_remove(struct phones *p, struct phone *ph)
{
	struct phone **at = &p->hash[name_hash(p, ph->name) & (p->buckets - 1)];

	while (*at != ph)
		at = &(*at)->hash_next;
	*at = ph->hash_next;
	place_leave(p, ph);
	loose_remove(p, ph);
	order_remove(p, ph);
	p->n--;
	phone_free(ph);
}

void phone_settle(struct phones *p, struct phone *ph)
{
	loose_remove(p, ph);
	if (ph->conf || ph->registered)
		return;
	if (ph->timeline.n == 0 && !ph->last_seen_ms) { /* was only in the configuration */
		phone_remove(p, ph);
		return;
	}
	loose_add(p, ph);
	while (p->n_loose > PHONES_UNKNOWN_MAX) {
		phone_remove(p, p->oldest);
		p->totals.evicted++;
	}
}

/* ---- look-up ---- */
struct phone *phone_find(struct phones *p, const char *device)
{
	struct phone *ph = NULL;

	if (p->buckets)
		ph = p->hash[name_hash(p, device) & (p->buckets - 1)];
	while (ph && strcmp(ph->name, device) != 0)
		ph = ph->hash_next;
	return ph;
}

struct phone *phone_need(struct phones *p, const char *device)
{
	struct phone *ph = phone_find(p, device);
	size_t len = strlen(device), b;

	if (ph)
		return ph;
	if (p->n >= p->buckets)
		grow(p);
	ph = mem_zalloc(sizeof(*ph) + len + 1);
	memcpy(ph->name, device, len + 1);
	ph->gone_why = STEP_COUNT;
	b = name_hash(p, ph->name) & (p->buckets - 1);
	ph->hash_next = p->hash[b];
	p->hash[b] = ph;
	order_insert(p, ph);
	p->n++;
	return ph;
}

struct phone *phone_at(struct phones *p, const struct net_addr *peer)
{
	struct place *pl = place_find(p, peer);

	return pl ? pl->last : NULL;
}

/* An asker that was only known by its address has told its name: its story becomes this phone's. */
static void take_over(struct phones *p, struct phone *ph, const struct net_addr *peer)
{
	char host[NET_HOST_SIZE];
	struct phone *stranger = phone_find(p, net_addr_host(peer, host));

	if (!stranger || stranger == ph)
		return;
	timeline_merge(&ph->timeline, &stranger->timeline);
	ph->count.files_sent += stranger->count.files_sent;
	ph->count.files_missing += stranger->count.files_missing;
	ph->count.bytes_sent += stranger->count.bytes_sent;
	ph->count.time_asked += stranger->count.time_asked;
	phone_remove(p, stranger);
}

bool phone_is_foreign(const struct phone *ph, const struct net_addr *peer)
{
	return peer && ph->registered && ph->has_peer && !net_addr_same_host(&ph->peer, peer);
}

void phone_seen(struct phones *p, struct phone *ph, const struct net_addr *peer)
{
	ph->last_seen_ms = clock_wall_ns(p->clock) / 1000000;
	if (peer) {
		if (!ph->place || !net_addr_same_host(&ph->place->host, peer)) {
			take_over(p, ph, peer);
			place_leave(p, ph);
			place_enter(p, ph, peer);
		}
		ph->place->last = ph;
		ph->peer = *peer;
		ph->has_peer = true;
	}
	phone_settle(p, ph);
}

void phone_free_all(struct phones *p)
{
	while (p->n > 0)
		phone_remove(p, p->order[p->n - 1]);
	mem_free(p->hash);
	mem_free(p->places);
	mem_free(p->order);
}

/* ---- what a phone is ---- */
const struct phone_conf *phone_conf_of(const struct phones *p, const struct phone *ph)
{
	unsigned long tag;

	if (ph->conf || strncmp(ph->name, "POOL", 4) != 0)
		return ph->conf;
	tag = strtoul(ph->name + 4, NULL, 10); /* a contact of a pool without a MAC */
	return tag < p->conf.kind[CONF_POOL].tags ? p->conf.kind[CONF_POOL].by_tag[tag] : NULL;
}

bool phone_is_configured(const struct phones *p, const struct phone *ph)
{
	return phone_conf_of(p, ph) != NULL;
}

const char *phone_state(const struct phones *p, const struct phone *ph)
{
	if (ph->registered)
		return "registered";
	return phone_is_configured(p, ph) ? "unregistered" : "unknown";
}

const char *phone_model(const struct phones *p, const struct phone *ph)
{
	const struct phone_conf *c = phone_conf_of(p, ph);

	return ph->model[0] ? ph->model : c ? c->type : "";
}
