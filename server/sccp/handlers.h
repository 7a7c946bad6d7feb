/* server/sccp/handlers.h - inside of a session, for the files of this folder only: its state, and
 * the handlers that the message table names. A handler gets a decoded message in a state it is
 * allowed in. */
#ifndef SCCP_HANDLERS_H
#define SCCP_HANDLERS_H

#include "server/sccp/session.h"

struct sccp_hub {
	const struct sccp_ops *ops;
	void *ctx;
	const struct clock *clock;
	uint8_t version_cap;
	bool trace;
	struct sccp_site site;
	size_t sessions, registered;
	struct sccp_counters count;
	struct sccp_session **bucket; /* registered sessions by device name */
};

struct sccp_session {
	struct sccp_hub *hub;
	void *conn;
	struct net_addr peer, local;
	struct sccp_session *next; /* in its bucket */
	uint8_t state;             /* enum sccp_state */
	bool complete, closing, spcp, standby, told_connected, told_unknown;
	bool reset_sent;                            /* since it registered */
	uint8_t faults, alarms, registers, offered; /* offered: the version the phone asked for */
	struct sccp_form form;
	char device[SCCP_DEVICE_SIZE]; /* "" until a message named it */
	char load[SCCP_STR(32)];
	uint32_t device_type, instance;
	uint32_t keepalive_s;
	uint64_t alive_ms;       /* last sign of life */
	uint64_t request_ms;     /* last message of a registration that is not complete */
	uint32_t seen[12];       /* messages told on the timeline, one bit per id below 0x180 */
	uint64_t message_change; /* of the idle text it shows */
	uint32_t n_codecs;
	struct sccp_profile *profile;
};

/* session.c */
void sccp_send(struct sccp_session *s, enum sccp_id id, const void *msg);
void sccp_event(struct sccp_session *s, enum sccp_event ev, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A step that is told once per registration, however often the phone repeats the message. */
void sccp_step(struct sccp_session *s, enum sccp_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void sccp_close(struct sccp_session *s);
void sccp_enlist(struct sccp_session *s); /* registered: found by name from now on */
void sccp_delist(struct sccp_session *s); /* no harm when it was not */
void sccp_rearm(struct sccp_session *s);
void sccp_prompt_text(struct sccp_session *s, const char *text);
void sccp_complete(struct sccp_session *s); /* what follows the last answer of a registration */

/* on_register.c */
void sccp_on_keepalive(struct sccp_session *s, const void *msg);
void sccp_on_register(struct sccp_session *s, const void *msg);
void sccp_on_unregister(struct sccp_session *s, const void *msg);
void sccp_on_token(struct sccp_session *s, const void *msg);
void sccp_on_spcp_token(struct sccp_session *s, const void *msg);
void sccp_on_capabilities(struct sccp_session *s, const void *msg);
void sccp_on_update_capabilities(struct sccp_session *s, const void *msg);

/* on_template.c */
void sccp_on_button_template(struct sccp_session *s, const void *msg);
void sccp_on_softkey_template(struct sccp_session *s, const void *msg);
void sccp_on_softkey_set(struct sccp_session *s, const void *msg);

/* on_status.c */
void sccp_on_config_stat(struct sccp_session *s, const void *msg);
void sccp_on_line_stat(struct sccp_session *s, const void *msg);
void sccp_on_speed_dial_stat(struct sccp_session *s, const void *msg);
void sccp_on_feature_stat(struct sccp_session *s, const void *msg);
void sccp_on_service_url_stat(struct sccp_session *s, const void *msg);
void sccp_on_forward_stat(struct sccp_session *s, const void *msg);
void sccp_on_time_date(struct sccp_session *s, const void *msg);
void sccp_on_version(struct sccp_session *s, const void *msg);
void sccp_on_server(struct sccp_session *s, const void *msg);

/* on_alarm.c */
void sccp_on_alarm(struct sccp_session *s, const void *msg);
void sccp_on_xml_alarm(struct sccp_session *s, const void *msg);

#endif
