/* server/cli/local.c - see local.h. Plain HTTP/1.1, one request a connection. */
#include "server/cli/local.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

#define SOCKET_NAME   "switchroom.sock"
#define ANSWER_MAX    (256u << 20)
#define ANSWER_WAIT_S 300 /* of silence: a large import is checked as a whole */

const char *local_default_dir(void)
{
	static const char *const usual[] = { "./run", "/var/lib/switchroom" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (!stat(usual[i], &st) && S_ISDIR(st.st_mode))
			return usual[i];
	return NULL;
}

/* The folder is named by its descriptor: the path of a socket has 107 bytes at most. */
static int dial(const char *dir)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = ANSWER_WAIT_S };
	int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), code;
	int fd = at < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (at >= 0)
		snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/" SOCKET_NAME, at);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	}
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		code = errno;
		close(fd);
		fd = -1;
		errno = code;
	}
	code = errno;
	if (at >= 0)
		close(at);
	errno = code;
	return fd;
}

static int no_server(const char *dir, int code, char *why, size_t cap)
{
	struct stat st;

	if (code == EACCES || code == EPERM) {
		if (stat(dir, &st))
			st.st_uid = 0;
		snprintf(why, cap,
			 "the server of %s may be asked by user %u and by root only; use sudo", dir,
			 (unsigned)st.st_uid);
		return ERR_PERM;
	}
	snprintf(why, cap, "no server runs with the data directory %s (%s)", dir,
		 code == ENOENT         ? "there is no " SOCKET_NAME
		 : code == ECONNREFUSED ? SOCKET_NAME " is left over"
					: strerror(code));
	return ERR_NOENT;
}

static int send_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) /* refused unread: the answer says why */
			return errno == EPIPE || errno == ECONNRESET ? 0 : err_from_errno(errno);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int receive(int fd, struct text *in)
{
	char buf[65536];

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ECONNRESET && in->len)
			return 0;
		if (n < 0)
			return errno == EAGAIN ? ERR_TIMEOUT : err_from_errno(errno);
		if (n == 0)
			return in->overflow ? ERR_TOO_BIG : 0;
		text_addn(in, buf, (size_t)n);
	}
}

/* RFC 9112 7.1. In place; the length, or -1 when it is cut short. */
static long dechunk(char *p, size_t len)
{
	char *end = p + len, *out = p, *at = p;

	while (at < end) {
		char *rest;
		unsigned long n = strtoul(at, &rest, 16);

		if (rest == at || end - rest < 2 || rest[0] != '\r' || rest[1] != '\n')
			return -1;
		at = rest + 2;
		if (n == 0)
			return out - p;
		if (n > (size_t)(end - at) || (size_t)(end - at) - n < 2)
			return -1;
		memmove(out, at, n);
		out += n;
		at += n + 2;
	}
	return -1;
}

/* Value of a header field of the answer, up to the end of its line. */
static struct slice field(const char *head, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
		const char *at = line + 2;

		if (!strncasecmp(at, name, n) && at[n] == ':')
			return slice_trim((struct slice){ at + n + 1, strcspn(at + n + 1, "\r") });
	}
	return (struct slice){ "", 0 };
}

static int parse(struct text *in, struct local_answer *out)
{
	char *blank = strstr(in->buf, "\r\n\r\n"), *body;
	struct slice length, type;
	int64_t want, status;
	long n;

	if (!blank || strncmp(in->buf, "HTTP/1.", 7) != 0 || strlen(in->buf) < 12 ||
	    text_to_int(in->buf + 9, 3, 100, 599, &status))
		return ERR_PROTO;
	out->status = (int)status;
	blank[2] = '\0'; /* the head ends with its last line end */
	body = blank + 4;
	n = (long)(in->len - (size_t)(body - in->buf));
	length = field(in->buf, "Content-Length");
	type = field(in->buf, "Content-Type");
	snprintf(out->type, sizeof(out->type), "%.*s", (int)strcspn(type.p, ";\r"), type.p);
	if (slice_eq_nocase(field(in->buf, "Transfer-Encoding"), "chunked"))
		n = dechunk(body, (size_t)n);
	else if (length.len && text_to_int(length.p, length.len, n, n, &want))
		n = -1; /* cut short */
	if (n < 0)
		return ERR_PROTO;
	out->body = mem_strndup(body, (size_t)n);
	out->len = (size_t)n;
	return 0;
}

static int exchange(int fd, const char *head, const void *body, size_t len,
		    struct local_answer *out)
{
	struct text in;
	int err;

	text_init(&in, ANSWER_MAX);
	err = send_all(fd, head, strlen(head));
	err = err ? err : send_all(fd, body, len);
	err = err ? err : receive(fd, &in);
	err = err ? err : in.len ? parse(&in, out) : ERR_PROTO;
	if (in.buf)
		mem_wipe(in.buf, in.len); /* may hold passwords */
	text_fini(&in);
	return err;
}

int local_request(const char *dir, const char *method, const char *target, const char *type,
		  const void *body, size_t len, struct local_answer *out, char *why, size_t cap)
{
	int fd = dial(dir), err;
	struct text head;

	*out = (struct local_answer){ 0 };
	if (fd < 0)
		return no_server(dir, errno, why, cap);
	text_init(&head, 1u << 16);
	text_addf(&head, "%s /api/v1%s HTTP/1.1\r\nHost: local\r\nConnection: close\r\n", method,
		  target);
	if (body)
		text_addf(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, len);
	text_add(&head, "\r\n");
	err = head.overflow ? ERR_TOO_BIG : exchange(fd, head.buf, body, body ? len : 0, out);
	text_fini(&head);
	close(fd);
	if (err)
		snprintf(why, cap, "the server of %s did not answer: %s", dir, err_text(err));
	return err;
}

void local_answer_fini(struct local_answer *a)
{
	if (a->body)
		mem_wipe(a->body, a->len);
	mem_free(a->body);
	*a = (struct local_answer){ 0 };
}

void local_refusal(const struct local_answer *a, char *why, size_t cap)
{
	cJSON *o = cJSON_Parse(a->body);
	const char *detail = cJSON_GetStringValue(cJSON_GetObjectItem(o, "detail"));
	const char *title = cJSON_GetStringValue(cJSON_GetObjectItem(o, "title"));

	snprintf(why, cap, "%s", detail ? detail : title ? title : a->body);
	cJSON_Delete(o);
}
