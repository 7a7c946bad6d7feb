/* server/run/app.h - the running appliance: its parts and what they share. Functions are for the main
 * thread unless they say otherwise. */
#ifndef RUN_APP_H
#define RUN_APP_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include "server/cli/options.h"
#include "server/core/engine.h"
#include "server/core/loop.h"
#include "server/http/cert.h"
#include "store/auth/auth.h"

#define WHY_MAX 512

struct feed;
struct files;
struct hfs;
struct phones;
struct sccp;
struct sip;
struct sntp;
struct store;
struct tftp;

enum { E_ADMIN, E_ADMIN_TLS, E_FEED, E_FEED_TLS, E_TFTP, E_SNTP, E_SIP, E_SCCP, E_HFS, E_COUNT };
extern const char *const engine_names[E_COUNT];

struct app {
	const struct options *opt;
	struct clock_shifted clock; /* of the store and of administration */
	struct store *store;
	struct auth *auth;
	struct loop *main, *calls, *files_loop;
	struct phones *phones;
	struct files *files;
	struct sip *sip;
	struct sccp *sccp;
	struct tftp *tftp;
	struct sntp *sntp;
	struct hfs *hfs;
	struct api *api;
	struct feed *feed;
	char cert[CERT_PATH_MAX];
	char why[WHY_MAX];
	char code[AUTH_CODE_SIZE];
	struct engine_status last[E_COUNT]; /* under `lock`: main writes, web workers read */
	pthread_mutex_t lock;
	struct loop_timer watch;
	bool run_file_due;
	uint64_t fell_back_told; /* revision made by a fall back that was looked after */
	atomic_bool ready;
};

/* ---- parts.c: one start, and mostly one stop, for each row of the map in main.c ---- */
/* start: 0, or ERR_* with a sentence in a->why; it has cleaned up behind itself then. An engine whose
 * port cannot be had is off and says why; that is no error. */
int start_store(struct app *a);
int start_auth(struct app *a);
int start_loops(struct app *a);
int start_phones(struct app *a);
int start_files(struct app *a);
int start_tftp(struct app *a);
int start_sntp(struct app *a);
int start_sip(struct app *a);
int start_sccp(struct app *a);
int start_hfs(struct app *a);
int start_threads(struct app *a);
int start_certificate(struct app *a);
int start_api(struct app *a);
int start_feed(struct app *a);
void stop_store(struct app *a);
void stop_auth(struct app *a);
void stop_loops(struct app *a);
void stop_threads(struct app *a);
void stop_phones(struct app *a);
void stop_files(struct app *a);
void stop_tftp(struct app *a);
void stop_sntp(struct app *a);
void stop_sip(struct app *a);
void stop_sccp(struct app *a);
void stop_hfs(struct app *a);
void stop_api(struct app *a);
void stop_feed(struct app *a);
void stop_watchers(struct app *a);
/* Binds to the start option's address, else to all. */
void listen_address(const struct app *a, int port, struct net_addr *out);

/* ---- watch.c: what is on, where, and why not ---- */
/* Until SIGTERM or SIGINT; prints the addresses and keeps the run file true. */
void app_run(struct app *a);

/* ---- changes.c: changes that administration did not look after ---- */
void changes_catch_up(struct app *a); /* once, when everything runs */
void changes_look(struct app *a);     /* again and again */

/* ---- answers.c: what api asks of the running appliance; web workers ---- */
struct api_hooks app_hooks(struct app *a);

#endif
