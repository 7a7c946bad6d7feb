/* server/core/metric.c - one way to print a figure. */
#include "server/core/metric.h"

#include "server/core/text.h"

void metric_head(struct text *out, const char *name, const char *type, const char *help)
{
	text_addf(out, "# HELP switchroom_%s %s\n# TYPE switchroom_%s %s\n", name, help, name,
		  type);
}

static void metric(struct text *out, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	metric_head(out, name, type, help);
	text_addf(out, "switchroom_%s %llu\n", name, (unsigned long long)value);
}

void metric_gauge(struct text *out, const char *name, const char *help, uint64_t value)
{
	metric(out, name, "gauge", help, value);
}

void metric_counter(struct text *out, const char *name, const char *help, uint64_t value)
{
	metric(out, name, "counter", help, value);
}
