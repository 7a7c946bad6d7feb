/* server/sccp/on_alarm.c - what a phone reports about itself. Alarm is one line of text such as
 * "25: Name=SEP... Load=... Last=Initialized"; XMLAlarm is a document whose parameters become one
 * line. Both come before Register, when the phone has no name yet: theirs says who it is. */
#include <ctype.h>
#include <expat.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/sccp/handlers.h"

static const char *severity_text(uint32_t severity)
{
	static const struct {
		uint32_t value;
		const char *text;
	} names[] = { { 0, "critical" }, { 1, "warning" }, { 2, "information" }, { 4, "unknown" },
		      { 7, "major" },    { 8, "minor" },   { 10, "marginal" },   { 20, "trace" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].value == severity)
			return names[i].text;
	return "other";
}

/* The device a report names, when the session has none yet. */
static void learn_device(struct sccp_session *s, const char *name, size_t len)
{
	char mac[MAC_TEXT_SIZE];

	if (s->device[0] || len < 15 ||
	    (strncasecmp(name, "SEP", 3) != 0 && strncasecmp(name, "ATA", 3) != 0) ||
	    text_mac(mac, name + 3, 12))
		return;
	for (size_t i = 0; i < 15; i++)
		s->device[i] = (char)toupper((unsigned char)name[i]);
	s->device[15] = '\0';
}

/* A connection that reports without end is not told without end. */
static bool may_tell(struct sccp_session *s)
{
	return s->alarms < SCCP_ALARMS_MAX && ++s->alarms;
}

void sccp_on_alarm(struct sccp_session *s, const void *msg)
{
	const struct sccp_alarm *m = msg;
	const char *name = strstr(m->text, "Name=");

	if (!may_tell(s))
		return;
	if (name)
		learn_device(s, name + 5, strlen(name + 5));
	sccp_event(s, SCCP_EV_ALARM, "%s (%s)", m->text, severity_text(m->severity));
}

/* ---- XMLAlarm: <x-cisco-alarm><Alarm Name="..."><ParameterList><String
 * name="...">value</String>... ---- */

struct xml {
	XML_Parser parser;
	struct sccp_session *s;
	struct text line;
	char name[64], value[160];
	size_t len;
	bool in_parameter;
};

static const char *attribute(const XML_Char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (!strcasecmp(atts[0], name))
			return atts[1];
	return NULL;
}

static void on_start(void *ctx, const XML_Char *element, const XML_Char **atts)
{
	struct xml *x = ctx;
	const char *name = attribute(atts, "name");

	x->in_parameter = false;
	if (!name)
		return;
	if (!strcmp(element, "Alarm")) {
		text_addf(&x->line, "%s%s:", x->line.len ? "; " : "", name);
		return;
	}
	x->in_parameter = true;
	x->len = 0;
	text_copy(x->name, sizeof(x->name), name);
}

static void on_text(void *ctx, const XML_Char *p, int len)
{
	struct xml *x = ctx;

	for (int i = 0; i < len && x->in_parameter && x->len < sizeof(x->value) - 1; i++)
		x->value[x->len++] = p[i];
}

static void on_end(void *ctx, const XML_Char *element)
{
	struct xml *x = ctx;

	(void)element;
	if (!x->in_parameter)
		return;
	x->in_parameter = false;
	x->value[x->len] = '\0';
	if (!strcmp(x->name, "DeviceName"))
		learn_device(x->s, x->value, x->len);
	else if (x->len && strcmp(x->value, "0") != 0)
		text_addf(&x->line, " %s=%s", x->name, x->value);
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *sysid,
		       const XML_Char *pubid, int internal)
{
	struct xml *x = ctx;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	XML_StopParser(x->parser, XML_FALSE); /* no entities from a phone */
}

void sccp_on_xml_alarm(struct sccp_session *s, const void *msg)
{
	const struct sccp_xml_alarm *m = msg;
	struct xml x = { .s = s };
	char line[480];
	enum XML_Status ok;

	if (!may_tell(s))
		return;
	x.parser = XML_ParserCreate(NULL);
	text_fixed(&x.line, line, sizeof(line));
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetCharacterDataHandler(x.parser, on_text);
	XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
	ok = XML_Parse(x.parser, m->text, (int)strlen(m->text), 1);
	XML_ParserFree(x.parser);
	if (ok == XML_STATUS_OK && x.line.len)
		sccp_event(s, SCCP_EV_ALARM, "%s", line);
	else
		sccp_event(s, SCCP_EV_ALARM, "an alarm that is not XML: %.120s", m->text);
}
