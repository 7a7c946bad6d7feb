/* server/tftp/tftp.c - the shell: sockets, files, reports to the phones' timelines. */
#include "server/tftp/tftp.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/files/files.h"
#include "server/phones/phones.h"
#include "server/tftp/tftp_server.h"

#define ASK_MS 2000

struct port {
	struct tftp *tftp;
	struct net_udp *udp;
	unsigned group, number;
};

struct tftp {
	struct loop *loop;
	struct files *files;
	struct phones *phones;
	struct tftp_server *srv;
	unsigned groups;
	struct port ports[TFTP_LISTEN_MAX][1 + TFTP_PORTS];
};

/* ---- ops ---- */
static void op_send(void *ctx, const struct tftp_path *path, const uint8_t *pkt, size_t len)
{
	struct tftp *t = ctx;

	net_udp_send(t->ports[path->group][path->port].udp, &path->peer, &path->local,
		     path->ifindex, pkt, len);
}

static long op_read(void *ctx, uint64_t at, void *buf, size_t len)
{
	return files_read(ctx, at, buf, len);
}

static int op_open(void *ctx, const char *name, const struct net_addr *peer,
		   struct tftp_source *src, void **handle, char note[128])
{
	struct tftp *t = ctx;
	struct file_view *view = NULL;
	struct files_miss miss = { 0 };
	int err = files_open(t->files, name, peer, &view, &miss);

	if (err) {
		files_miss_note(&miss, note, 128);
		return err;
	}
	*src = (struct tftp_source){
		.data = view->data, .read = op_read, .ctx = view, .size = view->size
	};
	*handle = view;
	return 0;
}

static void op_close(void *ctx, void *handle)
{
	(void)ctx;
	files_close(handle);
}

static void op_finished(void *ctx, const struct tftp_finished *f)
{
	static const enum phone_step steps[] = { [TFTP_SENT] = STEP_FILE_SENT,
						 [TFTP_MISSING] = STEP_FILE_MISSING,
						 [TFTP_REFUSED] = STEP_FILE_REFUSED,
						 [TFTP_ABORTED] = STEP_FILE_ABORTED };
	struct tftp *t = ctx;
	struct phones_file p = { .peer = *f->peer,
				 .transport = "tftp",
				 .step = steps[f->outcome],
				 .bytes = f->bytes,
				 .duration_ms = f->duration_ms };

	if (!t->phones)
		return;
	text_copy(p.name, sizeof(p.name), f->name);
	text_copy(p.note, sizeof(p.note), f->note);
	phones_post_file(t->phones, &p);
}

static void on_datagram(void *ctx, const struct net_dgram *in)
{
	struct port *p = ctx;
	struct tftp_path path = { .peer = in->peer,
				  .local = in->local,
				  .ifindex = in->ifindex,
				  .group = p->group,
				  .port = p->number };

	loop_assert_owner(p->tftp->loop);
	tftp_server_input(p->tftp->srv, &path, in->data, in->len);
}

/* ---- begin and end ---- */
static int open_group(struct tftp *t, const struct net_addr *listen)
{
	struct port *ports = t->ports[t->groups];

	for (unsigned i = 0; i <= TFTP_PORTS; i++) {
		struct net_addr a = *listen;
		int err;

		if (i > 0)
			net_addr_set_port(&a, 0);
		ports[i] = (struct port){ .tftp = t, .group = t->groups, .number = i };
		err = net_udp_open(&ports[i].udp, t->loop, &a, on_datagram, &ports[i]);
		if (err) {
			ports[i].udp = NULL;
			while (i-- > 0)
				net_udp_close(ports[i].udp);
			return err;
		}
	}
	t->groups++;
	return 0;
}

int tftp_start(struct tftp **out, const struct tftp_options *opt)
{
	struct tftp *t = mem_zalloc(sizeof(*t));
	struct tftp_server_ops ops = { .send = op_send,
				       .open = op_open,
				       .close = op_close,
				       .finished = op_finished,
				       .ctx = t };
	int err = opt->n_listen == 0 || opt->n_listen > TFTP_LISTEN_MAX ? ERR_INVALID : 0;

	t->loop = opt->loop;
	t->files = opt->files;
	t->phones = opt->phones;
	t->srv = tftp_server_new(opt->loop, &ops, TFTP_PORTS, opt->max_transfers);
	for (unsigned i = 0; !err && i < opt->n_listen; i++)
		err = open_group(t, &opt->listen[i]);
	if (err) {
		tftp_stop(t);
		return err;
	}
	*out = t;
	return 0;
}

void tftp_stop(struct tftp *t)
{
	if (!t)
		return;
	tftp_server_free(t->srv);
	for (unsigned g = 0; g < t->groups; g++)
		for (unsigned i = 0; i <= TFTP_PORTS; i++)
			net_udp_close(t->ports[g][i].udp);
	mem_free(t);
}

void tftp_local(const struct tftp *t, struct net_addr *out)
{
	net_udp_local(t->ports[0][0].udp, out);
}

/* ---- status ---- */
struct ask_status {
	struct tftp *t;
	struct tftp_counters count;
	unsigned running;
};

static void do_status(void *owner, void *msg)
{
	struct ask_status *m = msg;

	(void)owner;
	m->count = *tftp_server_counters(m->t->srv);
	m->running = tftp_server_running(m->t->srv);
}

static int ask_status(struct tftp *t, struct ask_status *m)
{
	m->t = t;
	return mailbox_ask(loop_mailbox(t->loop), do_status, m, sizeof(*m), ASK_MS, NULL);
}

#define ADD_METRIC(name, help) metric_counter(out, "tftp_" #name "_total", help, m.count.name);

void tftp_metrics(struct tftp *t, struct text *out)
{
	struct ask_status m;

	if (ask_status(t, &m))
		return;
	metric_gauge(out, "tftp_running", "Transfers running.", m.running);
	TFTP_COUNTERS(ADD_METRIC)
}
