/* server/core/metric.h - figures for GET /metrics in the text format of Prometheus. Any thread.
 * Names are given without the "switchroom_" that all begin with, help texts as one sentence. */
#ifndef CORE_METRIC_H
#define CORE_METRIC_H

#include <stdint.h>

struct text;

void metric_gauge(struct text *out, const char *name, const char *help, uint64_t value);
/* `name` with its "_total". */
void metric_counter(struct text *out, const char *name, const char *help, uint64_t value);
/* Only the head of a figure with labels; its lines are the caller's. `type`: "gauge", "counter". */
void metric_head(struct text *out, const char *name, const char *type, const char *help);

#endif
