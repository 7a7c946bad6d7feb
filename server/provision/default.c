/* server/provision/default.c - XMLDefault.cnf.xml (provisioning 3.1): where a phone that is not
 * configured finds the server, and the firmware of each model. It then registers over SCCP under
 * its MAC and the server decides. */
#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/provision/sep.h"

static void member(struct xml *x, const struct site *s, const char *priority, const char *address,
		   const char *ipv6)
{
	xml_open(x, "member", (const char *const[]){ "priority", priority, NULL });
	xml_open(x, "callManager", NULL);
	xml_open(x, "ports", NULL);
	xml_int(x, "ethernetPhonePort", s->sccp.server.port);
	xml_open(x, "mgcpPorts", NULL);
	xml_int(x, "listen", 2427);
	xml_int(x, "keepAlive", 2428);
	xml_close(x);
	xml_close(x);
	xml_text(x, "processNodeName", address);
	if (ipv6)
		xml_text(x, "ipv6Addr", ipv6);
	xml_close(x);
	xml_close(x);
}

/* An SCCP load where the model can do SCCP; that of the SIP side for the rest. A SIP phone that
 * lost its file is not turned into an SCCP phone by a load of the other side, nor the reverse. */
static void loads(struct xml *x, const struct site *s)
{
	size_t n;
	const struct provision_model *m = provision_models(&n);

	for (size_t i = 0; i < n; i++) {
		char name[40], label[64], load[128];

		if (!m[i].load ||
		    !side_load(m[i].sccp ? &s->sccp : &s->sip, m[i].load, load, sizeof(load))[0])
			continue;
		snprintf(label, sizeof(label), "IP Phone %s", m[i].type);
		snprintf(name, sizeof(name), "loadInformation%u", m[i].sccp_device_id);
		xml_leaf(x, name, (const char *const[]){ "model", label, NULL }, load);
	}
}

void xml_default(struct xml *x, const struct site *s)
{
	const struct server_address *a = &s->sccp.server;
	const char *first = s->ip_mode != 1 && a->ipv4 ? a->ipv4 : a->ipv6;
	const struct phone any = { .side = &s->sccp };

	xml_open(x, "Default", NULL);
	xml_open(x, "callManagerGroup", NULL);
	xml_open(x, "members", NULL);
	member(x, s, "0", first, s->ip_mode == 2 ? a->ipv6 : NULL);
	if (a->secondary)
		member(x, s, "1", a->secondary, NULL);
	xml_close(x);
	xml_close(x);
	loads(x, s);
	sep_urls(x, &any);
}
