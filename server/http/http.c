/* server/http/http.c - start, stop and the way of a request to the handler; see http.h. */
#include "server/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/http/http_impl.h"

#define CIVET_HEAD_MAX "32768" /* its own limit; ours is HTTP_HEAD_MAX and answers 431 */

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- callbacks of civetweb ---- */

static struct http_server *server_of(const struct mg_connection *mg)
{
	return mg_get_user_context_data(mg);
}

static void *on_thread(const struct mg_context *ctx, int type)
{
	if (type == 0 || type == 1) /* the accepting thread, a worker */
		http_hooks_thread(mg_get_user_data(ctx));
	return NULL;
}

static int on_message(const struct mg_connection *mg, const char *message)
{
	(void)mg;
	log_debug(LOG_HTTP, "civetweb", "text=\"%s\"", message);
	return 1;
}

static int on_error(struct mg_connection *mg, int status, const char *text)
{
	struct http_server *s = server_of(mg);

	(void)text;
	atomic_fetch_add(&s->rejected, 1);
	mg_disable_connection_keep_alive(mg);
	http_refuse(mg, status == 411 ? 400 : status, "The request is not well-formed HTTP");
	return 0;
}

static int on_connection(const struct mg_connection *mg, void **data)
{
	(void)mg;
	*data = NULL;
	http_hooks_deadline(0);
	return 0;
}

static void on_closed(const struct mg_connection *mg)
{
	(void)mg;
	http_hooks_deadline(0);
}

static void on_end(const struct mg_connection *mg, int status)
{
	(void)mg;
	(void)status;
	http_hooks_deadline(0); /* the wait for the next head has its own limit */
}

/* civetweb stops reading fields at a line it does not understand (a folded one) and at its 64th,
 * and ignores the rest, a Content-Length among them. Behind the last field it knows must be the
 * empty line: each line end was overwritten with NULs, the first byte of the empty line was not. */
static bool fields_are_complete(const struct mg_request_info *ri)
{
	const char *end;

	if (ri->num_headers == 0)
		return true;
	end = ri->http_headers[ri->num_headers - 1].value;
	end += strlen(end);
	return end[1] == '\0' && end[2] == '\r';
}

/* "Host : a" (RFC 9112 5.1): civetweb overwrites blanks before the colon with NULs, as the colon itself. */
static bool blank_before_colon(const struct mg_header *h)
{
	const char *end = h->name + strlen(h->name);

	return end[1] == '\0' && h->value != end + 1;
}

static size_t head_bytes(const struct mg_request_info *ri)
{
	const struct mg_header *last;

	if (ri->num_headers == 0)
		return strlen(ri->request_uri);
	last = &ri->http_headers[ri->num_headers - 1];
	return (size_t)(last->value + strlen(last->value) - ri->request_method) + 4;
}

static int check_request(struct http_server *s, const struct mg_request_info *ri, const char **why)
{
	struct http_field fields[MG_MAX_HEADERS];
	struct http_head h = { .method = ri->request_method,
			       .version = ri->http_version,
			       .raw_path = ri->local_uri_raw,
			       .query = ri->query_string,
			       .fields = fields,
			       .n = (size_t)ri->num_headers,
			       .bytes = head_bytes(ri) };

	*why = "A header field is not valid";
	for (int i = 0; i < ri->num_headers; i++) {
		const struct mg_header *f = &ri->http_headers[i];

		if (blank_before_colon(f))
			return 400;
		fields[i] = (struct http_field){ f->name, f->value };
	}
	if (h.n <= HTTP_FIELDS_MAX && !fields_are_complete(ri))
		return 400;
	return http_head_check(&h, s->opt.max_body, why);
}

static void peer_of(const struct mg_request_info *ri, struct net_addr *out)
{
	char host[sizeof(ri->remote_addr)];
	char *scope;

	snprintf(host, sizeof(host), "%s", ri->remote_addr);
	scope = strchr(host, '%');
	if (scope)
		*scope = '\0';
	if (net_addr_parse(out, host, (uint16_t)ri->remote_port))
		*out = (struct net_addr){ 0 };
}

/* A local peer stands for this machine; its uid came as an address (civet_hooks.c). */
static void local_peer(struct http_req *r)
{
	r->uid = ntohl(r->peer.u.in.sin_addr.s_addr);
	(void)net_addr_parse(&r->peer, "127.0.0.1", 0);
}

static void run_handler(struct http_req *r)
{
	size_t cap = strlen(r->ri->local_uri_raw) + 1;
	struct http_server *s = r->srv;

	r->path = mem_alloc(cap);
	http_decode(r->path, cap, r->ri->local_uri_raw, cap - 1, false); /* was checked */
	text_init(&r->fields, HTTP_HEAD_MAX);
	peer_of(r->ri, &r->peer);
	if (s->local_dir >= 0)
		local_peer(r);
	r->head_only = !strcmp(r->ri->request_method, "HEAD");
	r->body_err = 1;
	r->keep = s->opt.keep_alive_ms && atomic_load(&s->open) <= s->opt.threads / 2;
	if (!r->keep)
		mg_disable_connection_keep_alive(r->mg);
	atomic_fetch_add(&s->busy, 1);
	s->opt.handler(s->opt.ctx, r);
	if (!r->replied)
		http_reply(r, 500, "text/plain", "", 0);
	if (r->body_err == ERR_TOO_BIG)
		http_req_drain(r);
	atomic_fetch_sub(&s->busy, 1);
	text_fini(&r->fields);
	mem_free(r->path);
	if (r->body)
		mem_wipe(r->body, r->body_len); /* may hold a password */
	mem_free(r->body);
}

static int on_request(struct mg_connection *mg)
{
	struct http_server *s = server_of(mg);
	struct http_req r = { .srv = s, .mg = mg, .ri = mg_get_request_info(mg) };
	const char *why = "";
	int status = check_request(s, r.ri, &why);

	atomic_fetch_add(&s->requests, 1);
	http_hooks_deadline(http_hooks_now_ms() + s->opt.timeout_ms);
	if (!status) {
		run_handler(&r);
		/* What is left of the body is read by civetweb now, against the same clock. */
		http_hooks_deadline(http_hooks_now_ms() + s->opt.timeout_ms);
		return 200;
	}
	atomic_fetch_add(&s->rejected, 1);
	mg_disable_connection_keep_alive(mg);
	http_refuse(mg, status, why);
	if (status == 413)
		http_req_drain(&r);
	return status;
}

/* ---- start and stop ---- */

/* The folder is named by its descriptor: its own path may be longer than a socket's may be, and hold
 * what civetweb takes for the end of an entry. */
static void listen_text(const struct http_server *s, const struct http_options *opt,
			struct text *out)
{
	if (s->local_dir >= 0) {
		text_addf(out, "x/proc/self/fd/%d/" HTTP_LOCAL, s->local_dir);
		return;
	}
	for (unsigned i = 0; opt->listen[i]; i++) {
		const char *l = opt->listen[i];
		bool both = !strncmp(l, "[::]:", 5);

		/* "+port" is civetweb's word for both families on one socket */
		text_addf(out, "%s%s%s%s", i ? "," : "", both ? "+" : "", both ? l + 5 : l,
			  opt->tls && opt->tls[i] ? "s" : "");
	}
}

/* civetweb says only in words why it cannot listen: find the address that refuses. */
static int why_not_bound(const struct http_options *opt, char *why, size_t cap)
{
	for (unsigned i = 0; opt->listen[i]; i++) {
		struct net_addr a;
		int fd, bad, on = 1, err = net_addr_parse_hostport(&a, opt->listen[i], 0);

		if (err) {
			snprintf(why, cap, "%s is not an address and port", opt->listen[i]);
			return err;
		}
		fd = socket(a.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		bad = fd < 0 || bind(fd, &a.u.sa, net_addr_len(&a)) || listen(fd, 1) ? errno : 0;
		if (fd >= 0)
			close(fd);
		if (!bad)
			continue;
		snprintf(why, cap, "Cannot listen on %s: %s", opt->listen[i], strerror(bad));
		return bad == EACCES ? ERR_PERM : bad == EADDRINUSE ? ERR_EXIST : ERR_IO;
	}
	return 0;
}

static int why_not_local(const struct http_options *opt, int code, char *why, size_t cap)
{
	snprintf(why, cap, "Cannot listen on %s/" HTTP_LOCAL ": %s", opt->local,
		 code ? strerror(code) : "the socket cannot be made");
	return code ? err_from_errno(code) : ERR_IO;
}

/* A socket file of a server that was killed goes; anything else of that name stays and is told. */
static int local_open(struct http_server *s, const struct http_options *opt, char *why, size_t cap)
{
	struct stat st;

	s->local_dir = open(opt->local, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->local_dir < 0)
		return why_not_local(opt, errno, why, cap);
	if (fstatat(s->local_dir, HTTP_LOCAL, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : why_not_local(opt, errno, why, cap);
	if (!S_ISSOCK(st.st_mode))
		return why_not_local(opt, EEXIST, why, cap);
	return unlinkat(s->local_dir, HTTP_LOCAL, 0) ? why_not_local(opt, errno, why, cap) : 0;
}

static int run(struct http_server *s, const struct http_options *opt, char *why, size_t cap)
{
	static const struct mg_callbacks cb = { .begin_request = on_request,
						.end_request = on_end,
						.log_message = on_message,
						.init_ssl = http_tls_setup,
						.http_error = on_error,
						.init_thread = on_thread,
						.init_connection = on_connection,
						.connection_closed = on_closed };
	char threads[16], keep[16], timeout[16], ports[512], queue[16];
	const char *options[] = { "listening_ports",
				  ports,
				  "num_threads",
				  threads,
				  "request_timeout_ms",
				  timeout,
				  "keep_alive_timeout_ms",
				  keep,
				  "enable_keep_alive",
				  opt->keep_alive_ms ? "yes" : "no",
				  "max_request_size",
				  CIVET_HEAD_MAX,
				  "connection_queue",
				  queue,
				  "listen_backlog",
				  "1024",
				  "tcp_nodelay",
				  "1",
				  "decode_url",
				  "no",
				  "enable_auth_domain_check",
				  "no",
				  "enable_directory_listing",
				  "no",
				  "access_control_allow_origin",
				  "",
				  "ssl_default_verify_paths",
				  "no",
				  NULL };
	struct text t;
	int err;

	text_fixed(&t, ports, sizeof(ports));
	listen_text(s, opt, &t);
	snprintf(threads, sizeof(threads), "%u", opt->threads);
	snprintf(keep, sizeof(keep), "%u", opt->keep_alive_ms ? opt->keep_alive_ms : 1);
	snprintf(timeout, sizeof(timeout), "%u", opt->timeout_ms);
	snprintf(queue, sizeof(queue), "%d", HTTP_QUEUE);
	pthread_mutex_lock(&library_lock);
	mg_init_library(MG_FEATURES_TLS | MG_FEATURES_IPV6);
	s->mg = mg_start(&cb, s, options);
	if (!s->mg)
		mg_exit_library();
	pthread_mutex_unlock(&library_lock);
	if (s->mg)
		return 0;
	err = opt->local ? why_not_local(opt, 0, why, cap) : why_not_bound(opt, why, cap);
	if (!err)
		snprintf(why, cap, "The HTTP server cannot start");
	return err ? err : ERR_IO;
}

static int learn_ports(struct http_server *s)
{
	struct mg_server_port ports[HTTP_LISTEN_MAX];
	int n = mg_get_server_ports(s->mg, HTTP_LISTEN_MAX, ports);

	for (int i = 0; i < n; i++)
		atomic_store(&s->ports[i], (unsigned)ports[i].port);
	return n == (int)s->n_listen ? 0 : ERR_INTERNAL;
}

static int prove_tls(struct http_server *s, const struct http_options *opt, char *why, size_t cap)
{
	for (unsigned i = 0; i < s->n_listen; i++) {
		struct net_addr at;
		int err;

		if (!opt->tls[i])
			continue;
		err = net_addr_parse_hostport(&at, opt->listen[i], 0);
		if (!err && net_addr_is_any(&at))
			err = net_addr_parse(&at, "127.0.0.1", 0);
		net_addr_set_port(&at, http_port(s, i));
		err = err ? err : http_tls_prove(s, &at, why, cap);
		if (err)
			return err;
	}
	return 0;
}

static struct http_server *server_new(const struct http_options *opt)
{
	struct http_server *s = mem_zalloc(sizeof(*s));

	s->opt = *opt;
	s->opt.listen = NULL;
	s->opt.tls = NULL;
	s->opt.local = NULL;
	s->local_dir = -1;
	s->cert_file = mem_strdup(opt->cert_file ? opt->cert_file : "");
	pthread_mutex_init(&s->lock, NULL);
	while (!opt->local && opt->listen[s->n_listen])
		s->n_listen++;
	s->n_slots = opt->threads + HTTP_QUEUE + 1;
	s->slots = mem_alloc(s->n_slots * sizeof(*s->slots));
	for (size_t i = 0; i < s->n_slots; i++)
		s->slots[i].fd = -1;
	return s;
}

static bool wants_tls(const struct http_options *opt)
{
	for (unsigned i = 0; !opt->local && opt->tls && opt->listen[i]; i++) {
		if (opt->tls[i])
			return true;
	}
	return false;
}

int http_start(struct http_server **out, const struct http_options *opt, char *why, size_t cap)
{
	struct http_server *s = server_new(opt);
	bool wrong = !opt->local && (s->n_listen == 0 || s->n_listen > HTTP_LISTEN_MAX);
	int err = opt->local ? local_open(s, opt, why, cap) : wrong ? ERR_RANGE : 0;

	if (wrong)
		snprintf(why, cap, "Between 1 and %d addresses to listen on", HTTP_LISTEN_MAX);
	if (!err && wants_tls(opt))
		err = http_tls_load(s, s->cert_file, why, cap);
	if (!err)
		err = run(s, opt, why, cap);
	if (!err)
		err = learn_ports(s);
	if (!err && wants_tls(opt))
		err = prove_tls(s, opt, why, cap);
	if (err) {
		http_stop(s);
		return err;
	}
	*out = s;
	return 0;
}

void http_stop_soon(struct http_server *s)
{
	atomic_store(&s->stopping, true);
}

void http_stop(struct http_server *s)
{
	if (!s)
		return;
	http_stop_soon(s);
	if (s->mg) {
		mg_stop(s->mg);
		pthread_mutex_lock(&library_lock);
		mg_exit_library();
		pthread_mutex_unlock(&library_lock);
	}
	if (s->local_dir >= 0)
		close(s->local_dir); /* civetweb has removed the socket by its name in there */
	http_tls_free(s);
	pthread_mutex_destroy(&s->lock);
	mem_free(s->slots);
	mem_free(s->cert_file);
	mem_free(s);
}

uint16_t http_port(const struct http_server *s, unsigned listen_index)
{
	return listen_index < s->n_listen ? (uint16_t)atomic_load(&s->ports[listen_index]) : 0;
}

int http_reload_certificate(struct http_server *s, const char *cert_file, char *why, size_t cap)
{
	return http_tls_load(s, cert_file, why, cap);
}

void http_stats(const struct http_server *s, struct http_stats *out)
{
	out->accepted = atomic_load(&s->accepted);
	out->refused = atomic_load(&s->refused);
	out->requests = atomic_load(&s->requests);
	out->rejected = atomic_load(&s->rejected);
	out->open = atomic_load(&s->open);
	out->busy = atomic_load(&s->busy);
}
