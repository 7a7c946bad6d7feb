/* server/sccp/profile.c - memory of profiles; small questions to a site. */
#include "server/sccp/profile.h"

#include "server/core/mem.h"

void sccp_profile_free(struct sccp_profile *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->n_lines; i++) {
		struct sccp_line *l = &p->line[i];

		mem_free(l->number);
		mem_free(l->name);
		mem_free(l->label);
		mem_free(l->all);
		mem_free(l->busy);
		mem_free(l->noan);
	}
	for (unsigned i = 0; i < p->n_dials; i++) {
		mem_free(p->dial[i].number);
		mem_free(p->dial[i].label);
	}
	mem_free(p->line);
	mem_free(p->dial);
	mem_free(p);
}

struct sccp_line *sccp_profile_add_line(struct sccp_profile *p)
{
	p->line = mem_realloc(p->line, (p->n_lines + 1u) * sizeof(*p->line));
	p->line[p->n_lines] = (struct sccp_line){ 0 };
	return &p->line[p->n_lines++];
}

struct sccp_dial *sccp_profile_add_dial(struct sccp_profile *p)
{
	p->dial = mem_realloc(p->dial, (p->n_dials + 1u) * sizeof(*p->dial));
	p->dial[p->n_dials] = (struct sccp_dial){ 0 };
	return &p->dial[p->n_dials++];
}

const struct sccp_source *sccp_site_source(const struct sccp_site *site, const struct net_addr *a)
{
	bool v4 = a->u.sa.sa_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr);

	return &site->source[v4 ? SCCP_IPV4 : SCCP_IPV6];
}
