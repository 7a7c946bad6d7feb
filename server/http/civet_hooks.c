/* server/http/civet_hooks.c - accept(), bind(), close() and poll() of civetweb come here: the Makefile
 * renames these four symbols in civetweb's object. The library tells nobody when it accepts a
 * connection, has no limit for one address, spins when descriptors run out, and measures a stalled
 * peer by the last byte instead of the whole request. It makes a local socket with the permissions of the
 * day, and writes one byte too far when it prints the address of a local peer. All of that is put right
 * at these calls; its source stays as Debian has it.
 *
 * Thread-local state: which server a thread of civetweb works for, and until when its present
 * connection may keep it. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/http/http_impl.h"

#define POLL_SLICE_MS  200 /* how soon a waiting worker sees that the server stops */
#define ACCEPT_REST_MS 100 /* no descriptors left: rest instead of spinning */

int http_civet_accept(int listen_fd, struct sockaddr *sa, socklen_t *len);
int http_civet_bind(int fd, const struct sockaddr *sa, socklen_t len);
int http_civet_close(int fd);
int http_civet_poll(struct pollfd *fds, nfds_t n, int timeout_ms);

static _Thread_local struct http_server *thread_server;
static _Thread_local uint64_t thread_deadline_ms;

void http_hooks_thread(struct http_server *srv)
{
	thread_server = srv;
}

void http_hooks_deadline(uint64_t at_ms)
{
	thread_deadline_ms = at_ms;
}

uint64_t http_hooks_now_ms(void)
{
	return clock_mono_ms(&clock_system);
}

static bool slot_take(struct http_server *s, int fd, const struct net_addr *peer)
{
	struct http_slot *room = NULL;
	unsigned same = 0;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i].fd < 0)
			room = room ? room : &s->slots[i];
		else if (net_addr_same_host(&s->slots[i].peer, peer))
			same++;
	}
	if (s->opt.per_address && same >= s->opt.per_address)
		room = NULL;
	if (room)
		*room = (struct http_slot){ .fd = fd, .peer = *peer };
	pthread_mutex_unlock(&s->lock);
	return room != NULL;
}

static void slot_give(struct http_server *s, int fd)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->n_slots; i++) {
		if (s->slots[i].fd == fd) {
			s->slots[i].fd = -1;
			atomic_fetch_sub(&s->open, 1);
			break;
		}
	}
	pthread_mutex_unlock(&s->lock);
}

/* The permissions of the socket file are those of its descriptor at bind(): there is no moment at which
 * others can connect. */
int http_civet_bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	if (sa->sa_family == AF_UNIX && fchmod(fd, 0600))
		return -1;
	return bind(fd, sa, len);
}

/* Whom the kernel names: root or our own user. The uid travels to the worker as an IPv4 address, so that
 * civetweb never prints an address of its own kind of local peer. */
static bool local_peer(int fd, struct net_addr *peer)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) ||
	    (who.uid != 0 && who.uid != geteuid()))
		return false;
	*peer = (struct net_addr){ .u.in = { .sin_family = AF_INET,
					     .sin_addr.s_addr = htonl(who.uid) } };
	return true;
}

static bool may_enter(struct http_server *s, int fd, struct net_addr *peer)
{
	if (s->local_dir >= 0 && !local_peer(fd, peer))
		return false;
	return !(s->opt.keep_reserve && net_fd_is_reserve(fd)) && slot_take(s, fd, peer);
}

int http_civet_accept(int listen_fd, struct sockaddr *sa, socklen_t *len)
{
	struct http_server *s = thread_server;
	bool local = s && s->local_dir >= 0;
	struct net_addr peer = { 0 };
	socklen_t peer_len = sizeof(peer);
	int fd = accept4(listen_fd, local ? NULL : &peer.u.sa, local ? NULL : &peer_len,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			log_warn(LOG_HTTP, "accept_failed", "errno=%d", errno);
			nanosleep(&(struct timespec){ .tv_nsec = ACCEPT_REST_MS * 1000000L }, NULL);
		}
		return -1;
	}
	if (s && !may_enter(s, fd, &peer)) {
		atomic_fetch_add(&s->refused, 1);
		close(fd);
		errno = ECONNABORTED;
		return -1;
	}
	if (s) {
		atomic_fetch_add(&s->accepted, 1);
		atomic_fetch_add(&s->open, 1);
	}
	peer_len = local ? sizeof(peer.u.in) : peer_len;
	peer_len = peer_len < *len ? peer_len : *len;
	__builtin_memcpy(sa, &peer, peer_len);
	*len = peer_len;
	return fd;
}

int http_civet_close(int fd)
{
	if (thread_server)
		slot_give(thread_server, fd);
	return close(fd);
}

/* Waiting for one descriptor is waiting for the peer of this worker's connection. When its time is
 * over the connection is cut: whatever civetweb tries next ends at once. */
int http_civet_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	int left = timeout_ms;

	if (!thread_server)
		return poll(fds, n, timeout_ms);
	for (;;) {
		int slice = left < 0 || left > POLL_SLICE_MS ? POLL_SLICE_MS : left;
		int ready;

		if (n == 1 && thread_deadline_ms) {
			uint64_t now = http_hooks_now_ms();

			if (now >= thread_deadline_ms) {
				shutdown(fds[0].fd, SHUT_RDWR);
				slice = 0;
			} else if (thread_deadline_ms - now < (uint64_t)slice) {
				slice = (int)(thread_deadline_ms - now);
			}
		}
		ready = poll(fds, n, slice);
		if (ready != 0 || atomic_load(&thread_server->stopping))
			return ready;
		left -= slice;
		if (timeout_ms >= 0 && left <= 0)
			return 0;
	}
}
