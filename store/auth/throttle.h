/* store/auth/throttle.h - slows down wrong passwords. Keys are texts ("account|address",
 * "|address"). After FREE failures each further one doubles the time until the next try is looked
 * at. Pure: time is a parameter; bounded: the entry untouched for longest makes room. */
#ifndef STORE_AUTH_THROTTLE_H
#define STORE_AUTH_THROTTLE_H

#include <stdint.h>

#define THROTTLE_FREE      5 /* failures without a wait */
#define THROTTLE_FIRST_MS  1000
#define THROTTLE_MAX_MS    (5 * 60 * 1000)
#define THROTTLE_FORGET_MS (30 * 60 * 1000) /* no failure for so long: forgotten */
#define THROTTLE_SLOTS     2048

struct throttle {
	struct throttle_entry {
		uint64_t key; /* 0: free */
		uint64_t last_ms, until_ms;
		unsigned failures;
	} slots[THROTTLE_SLOTS];
	uint64_t seed;
};

void throttle_init(struct throttle *t, uint64_t seed);
/* Milliseconds until a try is looked at; 0 = now. */
uint64_t throttle_wait(struct throttle *t, const char *key, uint64_t now_ms);
void throttle_failed(struct throttle *t, const char *key, unsigned free_tries, uint64_t now_ms);
void throttle_passed(struct throttle *t, const char *key);

#endif
