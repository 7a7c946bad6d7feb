/* tests/bench/bench.h - what the benches written in C share: a clock, a row of the table, a folder that is
 * removed again. The row is the one of harness.py: what, value, unit, what it is to be compared with. */
#ifndef BENCH_H
#define BENCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/core/clock.h"

/* How a figure is to compare with its bar in the design. */
enum bench_bar { BENCH_NO_BAR, BENCH_AT_LEAST, BENCH_AT_MOST };

static inline double bench_now_s(void)
{
	return (double)clock_system.mono_ns(&clock_system) / 1e9;
}

/* "1,234,567" or "12.34", as the rows of harness.py have it. */
static inline void bench_number(char *out, size_t cap, double value)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%.*f", value >= 100 ? 0 : 2, value);
	size_t at = 0;

	for (int i = 0; i < n && at + 2 < cap; i++) {
		out[at++] = digits[i];
		if (value >= 100 && i < n - 1 && (n - 1 - i) % 3 == 0)
			out[at++] = ',';
	}
	out[at] = '\0';
}

static inline void bench_row_bar(const char *what, double value, const char *unit,
				 enum bench_bar kind, double bar)
{
	static const char *const words[] = { "", "at least", "at most" };
	char beside[64] = "", number[48];
	int met = kind == BENCH_AT_LEAST ? value >= bar : value <= bar;

	if (kind != BENCH_NO_BAR)
		snprintf(beside, sizeof(beside), "bar: %s %g%s", words[kind], bar,
			 met ? "" : " MISSED");
	bench_number(number, sizeof(number), value);
	printf("%-58s %14s %-10s %s\n", what, number, unit, beside);
	fflush(stdout);
}

static inline void bench_row(const char *what, double value, const char *unit)
{
	bench_row_bar(what, value, unit, BENCH_NO_BAR, 0);
}

static inline int bench_remove_one(const char *path, const struct stat *st, int flag,
				   struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/* A new folder under $TMPDIR or /tmp; ends the bench when there is none to be had. */
static inline const char *bench_folder(char *dir, size_t cap)
{
	const char *base = getenv("TMPDIR");

	snprintf(dir, cap, "%s/switchroom-bench-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(1);
	}
	return dir;
}

static inline void bench_folder_remove(const char *dir)
{
	nftw(dir, bench_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
