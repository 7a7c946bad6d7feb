/* tests/fuzz/fuzz_tftp.c - the TFTP server against any sequence of packets. Input: records of one
 * byte for the port (0 the listening one, 1 that of the transfer, else that number) and client, one
 * for the length, then the packet; a record with length 255 lets time pass instead. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/tftp/tftp_server.h"

static const uint8_t file[3000];
static unsigned last_port;
static size_t answered;

static void on_send(void *ctx, const struct tftp_path *path, const uint8_t *pkt, size_t len)
{
	(void)ctx;
	if (len < 4 || (pkt[1] != TFTP_DATA && pkt[1] != TFTP_ERROR && pkt[1] != TFTP_OACK))
		abort();
	last_port = path->port;
	answered++;
}

static long on_read(void *ctx, uint64_t at, void *buf, size_t len)
{
	(void)ctx;
	if (at > sizeof(file) || len > sizeof(file) - at)
		abort();
	memcpy(buf, file + at, len);
	return (long)len;
}

static int on_open(void *ctx, const char *name, const struct net_addr *peer,
		   struct tftp_source *src, void **handle, char note[128])
{
	(void)peer;
	(void)note;
	if (name[0] == 'n')
		return ERR_NOENT;
	*src = (struct tftp_source){ .read = on_read, .size = sizeof(file) };
	*handle = ctx;
	*(int *)ctx += 1;
	return 0;
}

static void on_close(void *ctx, void *handle)
{
	(void)handle;
	*(int *)ctx -= 1;
}

static void on_finished(void *ctx, const struct tftp_finished *f)
{
	(void)ctx;
	if (f->bytes > 2 * sizeof(file))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int open = 0;
	struct tftp_server_ops ops = { on_send, on_open, on_close, on_finished, &open };
	struct clock_fake clock;
	struct loop *loop;
	struct tftp_server *srv;
	struct tftp_path path = { 0 };

	clock_fake_init(&clock, 0);
	if (loop_new(&loop, "fuzz", &clock.clock))
		abort();
	loop_set_owner(loop);
	srv = tftp_server_new(loop, &ops, 2, 4);
	while (size >= 2) {
		size_t len = data[1];

		net_addr_parse(&path.peer, "192.0.2.1", (uint16_t)(1000 + (data[0] >> 4)));
		path.port = (data[0] & 3) == 1 ? last_port : data[0] & 3;
		if (len == 255) {
			clock_fake_advance_ms(&clock, 1u << (data[0] & 15));
			loop_poll(loop);
			len = 0;
		} else {
			len = len > size - 2 ? size - 2 : len;
			answered = 0;
			tftp_server_input(srv, &path, data + 2, len);
			if (answered > TFTP_WINDOW_MAX)
				abort();
		}
		data += 2 + len;
		size -= 2 + len;
	}
	tftp_server_free(srv);
	loop_free(loop);
	if (open)
		abort();
	return 0;
}
