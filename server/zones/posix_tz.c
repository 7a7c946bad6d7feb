/* server/zones/posix_tz.c - see posix_tz.h. Leap seconds are left out, as in the files of Debian.
 */
#include "server/zones/posix_tz.h"

#include <assert.h>
#include <string.h>

#include "server/core/err.h"

#define DAY_S      86400
#define WALL_MAX_S ((int64_t)1 << 50) /* some 35 million years: no sum below overflows */

struct cursor {
	const char *p, *end;
	bool bad;
};

static bool accept(struct cursor *c, char ch)
{
	if (c->bad || c->p == c->end || *c->p != ch)
		return false;
	c->p++;
	return true;
}

static void expect(struct cursor *c, char ch)
{
	if (!accept(c, ch))
		c->bad = true;
}

static int number(struct cursor *c, int min, int max)
{
	const char *first = c->p;
	int v = 0;

	while (!c->bad && c->p < c->end && *c->p >= '0' && *c->p <= '9' && c->p - first < 4)
		v = v * 10 + (*c->p++ - '0');
	if (c->p == first || v < min || v > max)
		c->bad = true;
	return c->bad ? min : v;
}

static bool is_alpha(char ch)
{
	return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
}

/* Three letters or more, or anything printable of <...>; the text itself is of no use to us. */
static void name(struct cursor *c)
{
	const char *first = c->p;

	if (accept(c, '<')) {
		while (c->p < c->end && *c->p != '>')
			c->p++;
		expect(c, '>');
		first++;
	} else {
		while (c->p < c->end && is_alpha(*c->p))
			c->p++;
	}
	if (c->p - first < 3)
		c->bad = true;
}

/* [+-]h[h[h]][:mm[:ss]] */
static int32_t hms(struct cursor *c, int max_hours)
{
	int sign = accept(c, '-') ? -1 : 1;
	int32_t s;

	if (sign > 0)
		accept(c, '+');
	s = number(c, 0, max_hours) * 3600;
	if (accept(c, ':')) {
		s += number(c, 0, 59) * 60;
		if (accept(c, ':'))
			s += number(c, 0, 59);
	}
	return sign * s;
}

static void change(struct cursor *c, struct tz_change *t)
{
	*t = (struct tz_change){ .at_s = 2 * 3600 };
	expect(c, ',');
	if (accept(c, 'M')) {
		t->kind = TZ_MONTH_WEEK_DAY;
		t->month = number(c, 1, 12);
		expect(c, '.');
		t->week = number(c, 1, 5);
		expect(c, '.');
		t->day = number(c, 0, 6);
	} else if (accept(c, 'J')) {
		t->kind = TZ_JULIAN;
		t->day = number(c, 1, 365);
	} else {
		t->kind = TZ_DAY;
		t->day = number(c, 0, 365);
	}
	if (accept(c, '/'))
		t->at_s = hms(c, 167);
}

int tz_rule_parse(struct tz_rule *r, const char *p, size_t len)
{
	static const char us[] =
	    ",M3.2.0,M11.1.0"; /* what every implementation takes when none is given */
	struct cursor c = { p, p + len, false };

	memset(r, 0, sizeof(*r));
	name(&c);
	r->std_s = -hms(&c, 24);
	r->dst_s = r->std_s;
	if (c.bad || c.p == c.end)
		return c.bad ? ERR_MALFORMED : 0;
	r->has_dst = true;
	name(&c);
	r->dst_s = r->std_s + 3600;
	if (c.p < c.end && *c.p != ',')
		r->dst_s = -hms(&c, 24);
	if (!c.bad && c.p == c.end)
		c = (struct cursor){ us, us + sizeof(us) - 1, false };
	change(&c, &r->start);
	change(&c, &r->end);
	return c.bad || c.p != c.end ? ERR_MALFORMED : 0;
}

/* ---- the calendar: days since 1970-01-01, proleptic Gregorian ---- */

static bool is_leap(int64_t y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t days_before_year(int64_t y)
{
	int64_t n = y - 1;

	return n * 365 + floor_div(n, 4) - floor_div(n, 100) + floor_div(n, 400) - 719162;
}

static int64_t year_of(int64_t wall_s)
{
	int64_t day = floor_div(wall_s, DAY_S);
	int64_t y = 1970 + floor_div(day * 400, 146097);

	while (days_before_year(y) > day)
		y--;
	while (days_before_year(y + 1) <= day)
		y++;
	return y;
}

/* month 13: the length of the year */
static int days_before_month(int64_t y, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };

	assert(month >= 1 && month <= 13);
	return before[month - 1] + (month > 2 && is_leap(y));
}

static int64_t day_of(const struct tz_change *t, int64_t y)
{
	int64_t jan1 = days_before_year(y), first;
	int in_month, day;

	if (t->kind == TZ_JULIAN)
		return jan1 + t->day - 1 + (t->day > 59 && is_leap(y));
	if (t->kind == TZ_DAY)
		return jan1 + t->day;
	first = jan1 + days_before_month(y, t->month);
	in_month = days_before_month(y, t->month + 1) - days_before_month(y, t->month);
	/* 1970-01-01 was a Thursday */
	day = (int)(((t->day - (first + 4)) % 7 + 7) % 7) + (t->week - 1) * 7;
	return first + (day < in_month ? day : day - 7);
}

/* ---- evaluation ---- */

/* The instant of a change in year `y`; it is stated in the clock that holds before it. */
static int64_t instant(const struct tz_change *t, int64_t y, int32_t before_s)
{
	return day_of(t, y) * DAY_S + t->at_s - before_s;
}

static bool in_dst(const struct tz_rule *r, int64_t wall_s)
{
	int64_t y = year_of(wall_s + r->std_s), newest = INT64_MIN;
	bool dst = false;

	/* The latest change at or before now decides. Hours of up to a week either way and rules
	 * that cover the turn of the year make the neighbouring years count too. When both fall on
	 * the same instant (summer time all the year round) the start wins. */
	for (int64_t k = y - 1; k <= y + 1; k++) {
		int64_t start = instant(&r->start, k, r->std_s);
		int64_t end = instant(&r->end, k, r->dst_s);

		if (end <= wall_s && end > newest) {
			newest = end;
			dst = false;
		}
		if (start <= wall_s && start >= newest) {
			newest = start;
			dst = true;
		}
	}
	return dst;
}

int32_t tz_rule_offset(const struct tz_rule *r, int64_t wall_s, bool *dst)
{
	int32_t off;

	wall_s = wall_s > WALL_MAX_S ? WALL_MAX_S : wall_s < -WALL_MAX_S ? -WALL_MAX_S : wall_s;
	off = r->has_dst && in_dst(r, wall_s) ? r->dst_s : r->std_s;
	if (dst)
		*dst = r->has_dst && r->dst_s != r->std_s &&
		       off == (r->dst_s > r->std_s ? r->dst_s : r->std_s);
	return off;
}
