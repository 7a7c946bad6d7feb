/* server/sccp/messages.c - the table of all messages. A row is the whole truth about a message:
 * whoever adds one adds it here, with its byte example in tests/unit/test_sccp_codec.c.
 *
 * Layouts differ by protocol version in few places; those fields carry the versions they are for.
 */
#include "server/sccp/handlers.h"
#include "server/sccp/message.h"

/* clang-format off */
#define MEMBER(t, m)             .name = #m, .off = offsetof(t, m), .cap = sizeof(((t *)0)->m)
#define U8(t, m, n)              { MEMBER(t, m), .kind = SCCP_F_U8, .count = (n) }
#define U8_TAIL(t, m, n)         { MEMBER(t, m), .kind = SCCP_F_U8, .count = (n), .tail = true }
#define U16(t, m, n)             { MEMBER(t, m), .kind = SCCP_F_U16, .count = (n) }
#define U32(t, m)                { MEMBER(t, m), .kind = SCCP_F_U32 }
#define U32_TAIL(t, m)           { MEMBER(t, m), .kind = SCCP_F_U32, .tail = true }
#define U32_FROM(t, m, v)        { MEMBER(t, m), .kind = SCCP_F_U32, .vmin = (v), .tail = true }
#define U32S(t, m, n)            { MEMBER(t, m), .kind = SCCP_F_U32, .count = (n) }
#define U32S_TAIL(t, m, n)       { MEMBER(t, m), .kind = SCCP_F_U32, .count = (n), .tail = true }
#define ADDR4(t, m)              { MEMBER(t, m), .kind = SCCP_F_ADDR4 }
#define ADDR(t, m)               { MEMBER(t, m), .kind = SCCP_F_ADDR }
#define ADDRS(t, m, n)           { MEMBER(t, m), .kind = SCCP_F_ADDR, .count = (n) }
#define ADDR_TAIL(t, m)          { MEMBER(t, m), .kind = SCCP_F_ADDR, .tail = true }
#define BYTES(t, m, w)           { MEMBER(t, m), .kind = SCCP_F_BYTES, .width = (w), .tail = true }
#define DATA(t, m, w, n)         { MEMBER(t, m), .kind = SCCP_F_DATA, .width = (w), .n_off = offsetof(t, n) }
#define TEXT(t, m, w)            { MEMBER(t, m), .kind = SCCP_F_TEXT, .width = (w) }
#define TEXT_TAIL(t, m, w)       { MEMBER(t, m), .kind = SCCP_F_TEXT, .width = (w), .tail = true }
#define TEXT_TO(t, m, w, v)      { MEMBER(t, m), .kind = SCCP_F_TEXT, .width = (w), .vmax = (v) }
#define TEXT_FROM(t, m, w, v)    { MEMBER(t, m), .kind = SCCP_F_TEXT, .width = (w), .vmin = (v) }
#define ZSTR(t, m, w)            { MEMBER(t, m), .kind = SCCP_F_ZSTR, .width = (w) }
#define ZSTR_FROM(t, m, w, v)    { MEMBER(t, m), .kind = SCCP_F_ZSTR, .width = (w), .vmin = (v), .tail = true }
#define ZERO(w)                  { .kind = SCCP_F_ZERO, .width = (w) }
#define ZERO_TAIL(w)             { .kind = SCCP_F_ZERO, .width = (w), .tail = true }
#define ZERO_FROM(w, v)          { .kind = SCCP_F_ZERO, .width = (w), .vmin = (v), .tail = true }
#define SUB(t, m, s, n, f)       { MEMBER(t, m), .kind = SCCP_F_SUB, .sub = (f), .count = (n), .stride = sizeof(s) }
#define REST(t, m, s, n, f, num) { MEMBER(t, m), .kind = SCCP_F_REST, .sub = (f), .count = (n), .stride = sizeof(s), \
				   .n_off = offsetof(t, num) }
#define COUNT(t, m, s, n, f, num) { MEMBER(t, m), .kind = SCCP_F_COUNT, .sub = (f), .count = (n), .stride = sizeof(s), \
				    .n_off = offsetof(t, num) }
#define END                      { 0 }
/* clang-format on */

static const struct sccp_field nothing[] = { END };

/* ---- shared pieces ---- */
static const struct sccp_field u32[] = { U32(struct sccp_u32, value), END };
static const struct sccp_field u32_tail[] = { U32_TAIL(struct sccp_u32, value), END };
static const struct sccp_field u32x2[] = { U32(struct sccp_u32x2, a), U32(struct sccp_u32x2, b),
					   END };
static const struct sccp_field line_call[] = {
	U32_TAIL(struct sccp_line_call, line),
	U32_TAIL(struct sccp_line_call, call),
	END,
};
#define STATION(t) TEXT(t, station.name, 16), U32(t, station.user_id), U32(t, station.instance)

/* ---- registration ---- */
#define T struct sccp_register
static const struct sccp_field reg[] = {
	STATION(T),
	ADDR4(T, addr),
	U32(T, device_type),
	U32_TAIL(T, max_streams),
	U32_TAIL(T, active_streams),
	U8_TAIL(T, version, 1),
	U8_TAIL(T, features, 3),
	U32_TAIL(T, max_conferences),
	U32_TAIL(T, active_conferences),
	BYTES(T, mac, 12),
	U32_TAIL(T, ipv4_scope),
	U32_TAIL(T, max_lines),
	BYTES(T, ipv6, 16),
	U32_TAIL(T, ipv6_scope),
	TEXT_TAIL(T, load, 32),
	TEXT_TAIL(T, stamp, 48),
	END,
};
#undef T
#define T struct sccp_register_ack
static const struct sccp_field register_ack[] = {
	U32(T, keepalive_s),    TEXT(T, date_template, 8), U32_TAIL(T, secondary_keepalive_s),
	U8_TAIL(T, version, 1), U8_TAIL(T, features, 3),   END,
};
#undef T
static const struct sccp_field register_reject[] = {
	TEXT_TAIL(struct sccp_register_reject, text, 32),
	END,
};
#define T struct sccp_register_token_req
static const struct sccp_field register_token_req[] = {
	STATION(T),         ADDR4(T, addr),       U32(T, device_type),
	BYTES(T, ipv6, 16), U32_TAIL(T, unknown), END,
};
#undef T
#define T struct sccp_spcp_token_req
static const struct sccp_field spcp_token_req[] = {
	STATION(T), ADDR4(T, addr), U32(T, device_type), U32_TAIL(T, max_streams), END,
};
#undef T
#define T struct sccp_alarm
static const struct sccp_field alarm_fields[] = {
	U32(T, severity), TEXT_TAIL(T, text, 80), U32_TAIL(T, param1), U32_TAIL(T, param2), END,
};
#undef T
static const struct sccp_field xml_alarm[] = {
	TEXT_TAIL(struct sccp_xml_alarm, text, 2048),
	END,
};
static const struct sccp_field server_name[] = { TEXT(struct sccp_server_name, name, 48), END };
#define T struct sccp_server_res
static const struct sccp_field server_res[] = {
	SUB(T, server, struct sccp_server_name, SCCP_SERVERS, server_name),
	U32S(T, port, SCCP_SERVERS),
	ADDRS(T, addr, SCCP_SERVERS),
	END,
};
#undef T
static const struct sccp_field version[] = { TEXT(struct sccp_version, load, 16), END };
#define T struct sccp_time_date
static const struct sccp_field time_date[] = {
	U32(T, year),   U32(T, month),  U32(T, weekday), U32(T, day),       U32(T, hour),
	U32(T, minute), U32(T, second), U32(T, ms),      U32(T, unix_time), END,
};
#undef T
#define T struct sccp_extension_caps
static const struct sccp_field extension_caps[] = {
	U32_TAIL(T, instance),    U32_TAIL(T, type),       U32_TAIL(T, max_modules),
	U32S_TAIL(T, unknown, 6), TEXT_TAIL(T, text, 128), END,
};
#undef T

/* ---- capabilities and templates ---- */
#define T struct sccp_audio_cap
static const struct sccp_field audio_cap[] = {
	U32(T, codec),
	U32(T, frames),
	U8(T, params, 8),
	END,
};
#undef T
static const struct sccp_field capabilities[] = {
	U32(struct sccp_capabilities, n),
	COUNT(struct sccp_capabilities, audio, struct sccp_audio_cap, SCCP_AUDIO_CAPS, audio_cap,
	      n),
	END,
};
/* Picture formats, conference resources, video and data are read over; the audio block lies at
 * offset 312 in all three forms. */
#define T struct sccp_update_capabilities
#define UPDATE_CAPABILITIES(rest)                                                                 \
	U32(T, n_audio), U32(T, n_video), U32(T, n_data), U32(T, rtp_payload), U32(T, n_formats), \
	    ZERO(292), SUB(T, audio, struct sccp_audio_cap, SCCP_AUDIO_CAPS, audio_cap),          \
	    ZERO_TAIL(rest), END
static const struct sccp_field update_caps[] = { UPDATE_CAPABILITIES(1240) };
static const struct sccp_field update_caps_v2[] = { UPDATE_CAPABILITIES(1400) };
static const struct sccp_field update_caps_v3[] = { UPDATE_CAPABILITIES(1500) };
#undef T
static const struct sccp_field button[] = {
	U8(struct sccp_button, instance, 1),
	U8(struct sccp_button, type, 1),
	END,
};
#define T struct sccp_button_template
static const struct sccp_field button_template[] = {
	U32(T, offset),
	U32(T, count),
	U32(T, total),
	REST(T, button, struct sccp_button, SCCP_BUTTONS_MAX, button, slots),
	END,
};
#undef T
static const struct sccp_field softkey[] = {
	TEXT(struct sccp_softkey, label, 16),
	U32(struct sccp_softkey, event),
	END,
};
#define T struct sccp_softkey_template
static const struct sccp_field softkey_template[] = {
	U32(T, offset),
	U32(T, count),
	U32(T, total),
	SUB(T, key, struct sccp_softkey, SCCP_SOFTKEYS, softkey),
	END,
};
#undef T
static const struct sccp_field softkey_set[] = {
	U8(struct sccp_softkey_set, key, SCCP_SET_KEYS),
	U16(struct sccp_softkey_set, info, SCCP_SET_KEYS),
	END,
};
#define T struct sccp_softkey_sets
static const struct sccp_field softkey_sets[] = {
	U32(T, offset),
	U32(T, count),
	U32(T, total),
	SUB(T, set, struct sccp_softkey_set, SCCP_SOFTKEY_SETS, softkey_set),
	END,
};
#undef T
#define T struct sccp_select_softkeys
static const struct sccp_field select_softkeys[] = {
	U32(T, line), U32(T, call), U32(T, set), U32(T, mask), END,
};
#undef T
#define T struct sccp_config_stat
static const struct sccp_field config_stat[] = {
	STATION(T), TEXT(T, user, 40), TEXT(T, server, 40), U32(T, lines), U32(T, speed_dials), END,
};
#undef T
#define T struct sccp_line_stat
static const struct sccp_field line_stat[] = {
	U32(T, line),         TEXT(T, number, 24),
	TEXT(T, name, 40),    TEXT_TAIL(T, label, 40),
	U32_TAIL(T, options), END,
};
static const struct sccp_field line_stat_dynamic[] = {
	U32(T, line),      U32(T, options),    ZSTR(T, number, 24),
	ZSTR(T, name, 40), ZSTR(T, label, 40), END,
};
#undef T
#define T struct sccp_speed_dial_stat
static const struct sccp_field speed_dial_stat[] = {
	U32(T, index),
	TEXT(T, number, 24),
	TEXT(T, label, 40),
	END,
};
#undef T
static const struct sccp_field feature_stat_req[] = {
	U32(struct sccp_feature_stat_req, index),
	U32_TAIL(struct sccp_feature_stat_req, capabilities),
	END,
};
#define T struct sccp_feature_stat
static const struct sccp_field feature_stat[] = {
	U32(T, index), U32(T, type), TEXT(T, label, 40), U32(T, status), END,
};
static const struct sccp_field feature_stat_dynamic[] = {
	U32(T, index), U32(T, type), U32(T, status), ZSTR(T, label, 120), END,
};
#undef T
#define T struct sccp_service_url_stat
static const struct sccp_field service_url_stat[] = {
	U32(T, index),
	TEXT(T, url, 256),
	TEXT(T, label, 40),
	END,
};
static const struct sccp_field service_url_stat_dynamic[] = {
	U32(T, index), ZSTR(T, url, 256), ZSTR(T, label, 40), ZSTR_FROM(T, extension, 40, 19), END,
};
#undef T
#define T struct sccp_forward_stat
static const struct sccp_field forward_stat[] = {
	U32(T, active),
	U32(T, line),
	U32(T, all_active),
	TEXT_TO(T, all, 24, 17),
	TEXT_FROM(T, all, 25, 18),
	U32(T, busy_active),
	TEXT_TO(T, busy, 24, 17),
	TEXT_FROM(T, busy, 25, 18),
	U32(T, noan_active),
	TEXT_TO(T, noan, 24, 17),
	TEXT_FROM(T, noan, 25, 18),
	END,
};
#undef T

/* ---- what the phone does ---- */
#define T struct sccp_keypad
static const struct sccp_field keypad[] = {
	U32(T, button),
	U32_TAIL(T, line),
	U32_TAIL(T, call),
	END,
};
#undef T
#define T struct sccp_enbloc
static const struct sccp_field enbloc[] = {
	TEXT_TO(T, number, 24, 17),
	TEXT_FROM(T, number, 25, 18),
	{ MEMBER(T, line), .kind = SCCP_F_U32, .vmin = 17, .vmax = 17, .tail = true },
	{ MEMBER(T, line), .kind = SCCP_F_ENBLOC, .vmin = 18, .tail = true },
	END,
};
#undef T
#define T struct sccp_stimulus
static const struct sccp_field stimulus[] = {
	U32(T, stimulus), U32(T, instance), U32_TAIL(T, call), U32_TAIL(T, status), END,
};
#undef T
#define T struct sccp_softkey_event
static const struct sccp_field softkey_event[] = {
	U32(T, event),
	U32_TAIL(T, line),
	U32_TAIL(T, call),
	END,
};
#undef T

/* ---- what the phone shows and sounds ---- */
#define T struct sccp_call_state
static const struct sccp_field call_state[] = {
	U32(T, state),      U32(T, line),        U32(T, call), U32_TAIL(T, visibility),
	U32_TAIL(T, level), U32_TAIL(T, domain), END,
};
#undef T
#define T struct sccp_call_info
static const struct sccp_field call_info[] = {
	TEXT(T, calling_name, 40),
	TEXT(T, calling, 24),
	TEXT(T, called_name, 40),
	TEXT(T, called, 24),
	U32_TAIL(T, line),
	U32_TAIL(T, call),
	U32_TAIL(T, type),
	TEXT_TAIL(T, original_name, 40),
	TEXT_TAIL(T, original, 24),
	TEXT_TAIL(T, last_name, 40),
	TEXT_TAIL(T, last, 24),
	U32_TAIL(T, original_reason),
	U32_TAIL(T, last_reason),
	TEXT_TAIL(T, calling_vm, 24),
	TEXT_TAIL(T, called_vm, 24),
	TEXT_TAIL(T, original_vm, 24),
	TEXT_TAIL(T, last_vm, 24),
	U32_TAIL(T, instance),
	U32_TAIL(T, security),
	U32_TAIL(T, restriction),
	END,
};
/* 12 strings up to version 15, 15 from 16: all must be there, an empty one is a NUL. */
static const struct sccp_field call_info_dynamic[] = {
	U32(T, line),
	U32(T, call),
	U32(T, type),
	U32(T, original_reason),
	U32(T, last_reason),
	U32(T, instance),
	U32(T, security),
	U32(T, restriction),
	ZSTR(T, calling, 24),
	ZSTR_FROM(T, alternate, 24, 16),
	ZSTR(T, called, 24),
	ZSTR(T, original, 24),
	ZSTR(T, last, 24),
	ZSTR(T, calling_vm, 24),
	ZSTR(T, called_vm, 24),
	ZSTR(T, original_vm, 24),
	ZSTR(T, last_vm, 24),
	ZSTR(T, calling_name, 120),
	ZSTR(T, called_name, 120),
	ZSTR(T, original_name, 120),
	ZSTR(T, last_name, 120),
	ZSTR_FROM(T, pilot, 24, 16),
	ZSTR_FROM(T, pilot_name, 120, 16),
	END,
};
#undef T
#define T struct sccp_prompt
static const struct sccp_field prompt[] = {
	U32(T, timeout_s), TEXT(T, text, 32), U32(T, line), U32(T, call), END,
};
static const struct sccp_field prompt_dynamic[] = {
	U32(T, timeout_s), U32(T, line), U32(T, call), ZSTR(T, text, 96), END,
};
#undef T
#define T struct sccp_notify
static const struct sccp_field notify[] = { U32(T, timeout_s), TEXT(T, text, 32), END };
static const struct sccp_field notify_dynamic[] = { U32(T, timeout_s), ZSTR(T, text, 96), END };
static const struct sccp_field pri_notify[] = {
	U32(T, timeout_s),
	U32(T, priority),
	TEXT(T, text, 32),
	END,
};
static const struct sccp_field pri_notify_dynamic[] = {
	U32(T, timeout_s),
	U32(T, priority),
	ZSTR(T, text, 96),
	END,
};
#undef T
#define T struct sccp_dialed_number
static const struct sccp_field dialed_number[] = {
	TEXT_TO(T, number, 24, 17), TEXT_FROM(T, number, 25, 18), U32(T, line), U32(T, call), END,
};
#undef T
#define T struct sccp_call_select_stat
static const struct sccp_field call_select_stat[] = {
	U32(T, status),
	U32(T, call),
	U32(T, line),
	END,
};
#undef T
#define T struct sccp_call_history
static const struct sccp_field call_history[] = {
	U32(T, disposition),
	U32(T, line),
	U32(T, call),
	END,
};
#undef T
#define T struct sccp_set_ringer
static const struct sccp_field set_ringer[] = {
	U32(T, mode), U32(T, duration), U32(T, line), U32(T, call), END,
};
#undef T
#define T struct sccp_set_lamp
static const struct sccp_field set_lamp[] = {
	U32(T, stimulus),
	U32(T, instance),
	U32(T, mode),
	END,
};
#undef T
#define T struct sccp_start_tone
static const struct sccp_field start_tone[] = {
	U32(T, tone), U32_TAIL(T, direction), U32_TAIL(T, line), U32_TAIL(T, call), END,
};
#undef T
#define T struct sccp_stop_tone
static const struct sccp_field stop_tone[] = {
	U32(T, line),
	U32(T, call),
	U32_FROM(T, tone, 11),
	END,
};
#undef T

/* ---- media ---- */
/* Codec parameters (4), encryption (48, off) and stream ids (2 x 4) are sent as 0: plain RTP. */
#define T struct sccp_open_receive
static const struct sccp_field open_receive[] = {
	U32(T, conference),
	U32(T, party),
	U32(T, ms),
	U32(T, codec),
	U32(T, echo_cancel),
	ZERO(4),
	U32(T, call),
	ZERO_TAIL(48),
	ZERO_TAIL(8),
	U32_TAIL(T, dtmf_payload),
	U32_TAIL(T, dtmf_type),
	U32_TAIL(T, mixing),
	U32_TAIL(T, direction),
	ADDR_TAIL(T, source),
	U32_TAIL(T, port),
	U32_FROM(T, addr_type, 17),
	U32_FROM(T, level, 18),
	ZERO_FROM(36, 21),
	END,
};
#undef T
#define T struct sccp_open_receive_ack
static const struct sccp_field open_receive_ack[] = {
	U32(T, status), ADDR(T, addr), U32(T, port), U32(T, party), U32_TAIL(T, call), END,
};
#undef T
#define T struct sccp_start_media
static const struct sccp_field start_media[] = {
	U32(T, conference),
	U32(T, party),
	ADDR(T, addr),
	U32(T, port),
	U32(T, ms),
	U32(T, codec),
	U32(T, precedence),
	U32(T, silence),
	U32(T, max_frames),
	ZERO(4),
	U32(T, call),
	ZERO_TAIL(48),
	ZERO_TAIL(8),
	U32_TAIL(T, dtmf_payload),
	U32_TAIL(T, dtmf_type),
	U32_TAIL(T, mixing),
	U32_TAIL(T, direction),
	ZERO_FROM(36, 21),
	END,
};
#undef T
#define T struct sccp_start_media_ack
static const struct sccp_field start_media_ack[] = {
	U32(T, conference), U32(T, party),  U32(T, call), ADDR(T, addr),
	U32(T, port),       U32(T, status), END,
};
#undef T
#define T struct sccp_close_media
static const struct sccp_field close_media[] = {
	U32(T, conference), U32(T, party), U32_TAIL(T, call), U32_TAIL(T, port_handling), END,
};
#undef T
#define T struct sccp_media_failure
static const struct sccp_field media_failure[] = {
	U32(T, conference), U32(T, party), ADDR(T, addr), U32(T, port), U32(T, call), END,
};
#undef T
#define T struct sccp_port_req
static const struct sccp_field port_req[] = {
	U32(T, conference), U32(T, call),  U32(T, party), U32(T, transport),
	U32(T, addr_type),  U32(T, media), END,
};
#undef T
#define T struct sccp_port_res
static const struct sccp_field port_res[] = {
	U32(T, conference), U32(T, call),      U32(T, party),          ADDR(T, addr),
	U32(T, port),       U32(T, rtcp_port), U32_FROM(T, media, 19), END,
};
#undef T
#define T struct sccp_port_close
static const struct sccp_field port_close[] = {
	U32(T, conference), U32(T, call), U32(T, party), U32(T, media), END,
};
#undef T
#define T struct sccp_conn_stat_req
static const struct sccp_field conn_stat_req[] = {
	TEXT_TO(T, number, 24, 18), TEXT_FROM(T, number, 28, 19), U32(T, call), U32(T, mode), END,
};
#undef T
#define T struct sccp_conn_stat_res
static const struct sccp_field conn_stat_res[] = {
	TEXT_TO(T, number, 24, 18),
	TEXT_FROM(T, number, 28, 19),
	U32(T, call),
	{ MEMBER(T, mode), .kind = SCCP_F_U32, .vmax = 21 },
	{ MEMBER(T, mode), .kind = SCCP_F_MODE, .vmin = 22 },
	U32_TAIL(T, packets_sent),
	U32_TAIL(T, octets_sent),
	U32_TAIL(T, packets_received),
	U32_TAIL(T, octets_received),
	U32_TAIL(T, packets_lost),
	U32_TAIL(T, jitter_ms),
	U32_TAIL(T, latency_ms),
	U32_TAIL(T, quality_len),
	DATA(T, quality, SCCP_QUALITY_MAX, quality_len),
	END,
};
#undef T
#define T struct sccp_user_data
static const struct sccp_field user_data[] = {
	U32(T, application),
	U32(T, line),
	U32(T, call),
	U32(T, transaction),
	U32(T, len),
	DATA(T, data, SCCP_USER_DATA_MAX, len),
	END,
};
static const struct sccp_field user_data_v1[] = {
	U32(T, application),
	U32(T, line),
	U32(T, call),
	U32(T, transaction),
	U32(T, len),
	U32(T, sequence),
	U32(T, priority),
	U32(T, conference),
	U32(T, app_instance),
	U32(T, routing),
	DATA(T, data, SCCP_USER_DATA_MAX, len),
	END,
};
#undef T

/* Rows: direction and state, id and name, versions, struct and fields, handler. */
#define ROW_(d, n, i, lo, hi, sz, f, ...)                                                         \
	{                                                                                         \
		.id = SCCP_##i, .name = #i, .dir = (d), .needs = (n), .vmin = (lo), .vmax = (hi), \
		.size = (sz), .fields = (f), __VA_ARGS__                                          \
	}
#define UP(needs, i, s, f, h) ROW_(SCCP_FROM_PHONE, needs, i, 0, 0, sizeof(struct s), f, .on = (h))
#define UP_EMPTY(needs, i, h) ROW_(SCCP_FROM_PHONE, needs, i, 0, 0, 0, nothing, .on = (h))
#define DOWN(i, s, f)         ROW_(SCCP_TO_PHONE, SCCP_ANY, i, 0, 0, sizeof(struct s), f, .on = NULL)
#define DOWN_V(lo, hi, i, s, f) \
	ROW_(SCCP_TO_PHONE, SCCP_ANY, i, lo, hi, sizeof(struct s), f, .on = NULL)
#define DOWN_H0(i, s, f) \
	ROW_(SCCP_TO_PHONE, SCCP_ANY, i, 0, 0, sizeof(struct s), f, .flags = SCCP_HEADER_0)
#define DOWN_EMPTY(i) ROW_(SCCP_TO_PHONE, SCCP_ANY, i, 0, 0, 0, nothing, .on = NULL)
#define REG           SCCP_REGISTERED

/* clang-format off */
static const struct sccp_desc table[] = {
	UP_EMPTY(SCCP_ANY, KeepAlive,                                     sccp_on_keepalive),
	UP(SCCP_ANY, Register,             sccp_register,      reg,       sccp_on_register),
	UP(SCCP_ANY, IpPort,               sccp_u32,           u32,       NULL),
	UP(REG, KeypadButton,              sccp_keypad,        keypad,    NULL),
	UP(REG, EnblocCall,                sccp_enbloc,        enbloc,    NULL),
	UP(REG, Stimulus,                  sccp_stimulus,      stimulus,  NULL),
	UP(REG, OffHook,                   sccp_line_call,     line_call, NULL),
	UP(REG, OnHook,                    sccp_line_call,     line_call, NULL),
	UP(REG, HookFlash,                 sccp_line_call,     line_call, NULL),
	UP(REG, ForwardStatReq,            sccp_u32,           u32,       sccp_on_forward_stat),
	UP(REG, SpeedDialStatReq,          sccp_u32,           u32,       sccp_on_speed_dial_stat),
	UP(REG, LineStatReq,               sccp_u32,           u32,       sccp_on_line_stat),
	UP_EMPTY(REG, ConfigStatReq,                                      sccp_on_config_stat),
	UP_EMPTY(REG, TimeDateReq,                                        sccp_on_time_date),
	UP(REG, ButtonTemplateReq,         sccp_u32,           u32_tail,  sccp_on_button_template),
	UP_EMPTY(REG, VersionReq,                                         sccp_on_version),
	UP(REG, CapabilitiesRes,           sccp_capabilities,  capabilities, sccp_on_capabilities),
	UP_EMPTY(REG, ServerReq,                                          sccp_on_server),
	UP(SCCP_ANY, Alarm,                sccp_alarm,         alarm_fields, sccp_on_alarm),
	UP(REG, OpenReceiveChannelAck,     sccp_open_receive_ack, open_receive_ack, NULL),
	UP(REG, ConnectionStatisticsRes,   sccp_conn_stat_res, conn_stat_res, NULL),
	UP_EMPTY(REG, SoftKeySetReq,                                      sccp_on_softkey_set),
	UP(REG, SoftKeyEvent,              sccp_softkey_event, softkey_event, NULL),
	UP(SCCP_ANY, Unregister,           sccp_u32,           u32_tail,  sccp_on_unregister),
	UP_EMPTY(REG, SoftKeyTemplateReq,                                 sccp_on_softkey_template),
	UP(SCCP_ANY, RegisterTokenReq,     sccp_register_token_req, register_token_req, sccp_on_token),
	UP(REG, MediaTransmissionFailure,  sccp_media_failure, media_failure, NULL),
	UP(SCCP_ANY, HeadsetStatus,        sccp_u32,           u32,       NULL),
	UP(SCCP_ANY, RegisterAvailableLines, sccp_u32,         u32,       NULL),
	UP(REG, DeviceToUserData,          sccp_user_data,     user_data, NULL),
	UP(REG, DeviceToUserDataResponse,  sccp_user_data,     user_data, NULL),
	UP(REG, UpdateCapabilities,        sccp_update_capabilities, update_caps, sccp_on_update_capabilities),
	UP(REG, ServiceURLStatReq,         sccp_u32,           u32,       sccp_on_service_url_stat),
	UP(REG, FeatureStatReq,            sccp_feature_stat_req, feature_stat_req, sccp_on_feature_stat),
	UP(REG, DeviceToUserDataVersion1,  sccp_user_data,     user_data_v1, NULL),
	UP(REG, DeviceToUserDataResponseVersion1, sccp_user_data, user_data_v1, NULL),
	UP(REG, UpdateCapabilitiesV2,      sccp_update_capabilities, update_caps_v2, sccp_on_update_capabilities),
	UP(REG, UpdateCapabilitiesV3,      sccp_update_capabilities, update_caps_v3, sccp_on_update_capabilities),
	UP(REG, PortRes,                   sccp_port_res,      port_res,  NULL),
	UP(SCCP_ANY, MediaPathEvent,       sccp_u32x2,         u32x2,     NULL),
	UP(SCCP_ANY, MediaPathCapability,  sccp_u32x2,         u32x2,     NULL),

	DOWN_H0(RegisterAck,               sccp_register_ack,  register_ack),
	DOWN(StartTone,                    sccp_start_tone,    start_tone),
	DOWN(StopTone,                     sccp_stop_tone,     stop_tone),
	DOWN(SetRinger,                    sccp_set_ringer,    set_ringer),
	DOWN(SetLamp,                      sccp_set_lamp,      set_lamp),
	DOWN(SetSpeakerMode,               sccp_u32,           u32),
	DOWN(SetMicroMode,                 sccp_u32,           u32),
	DOWN(StartMediaTransmission,       sccp_start_media,   start_media),
	DOWN(StopMediaTransmission,        sccp_close_media,   close_media),
	DOWN_V(0, 7, CallInfo,             sccp_call_info,     call_info),
	DOWN(ForwardStat,                  sccp_forward_stat,  forward_stat),
	DOWN(SpeedDialStat,                sccp_speed_dial_stat, speed_dial_stat),
	DOWN_V(0, 16, LineStat,            sccp_line_stat,     line_stat),
	DOWN(ConfigStat,                   sccp_config_stat,   config_stat),
	DOWN(DefineTimeDate,               sccp_time_date,     time_date),
	DOWN(ButtonTemplate,               sccp_button_template, button_template),
	DOWN(Version,                      sccp_version,       version),
	DOWN_EMPTY(CapabilitiesReq),
	DOWN(RegisterReject,               sccp_register_reject, register_reject),
	DOWN(ServerRes,                    sccp_server_res,    server_res),
	DOWN(Reset,                        sccp_u32,           u32),
	ROW_(SCCP_TO_PHONE, SCCP_ANY, KeepAliveAck, 0, 0, 0, nothing, .flags = SCCP_HEADER_0),
	DOWN(OpenReceiveChannel,           sccp_open_receive,  open_receive),
	DOWN(CloseReceiveChannel,          sccp_close_media,   close_media),
	DOWN(ConnectionStatisticsReq,      sccp_conn_stat_req, conn_stat_req),
	DOWN(SoftKeyTemplateRes,           sccp_softkey_template, softkey_template),
	DOWN(SoftKeySetRes,                sccp_softkey_sets,  softkey_sets),
	DOWN(SelectSoftKeys,               sccp_select_softkeys, select_softkeys),
	DOWN(CallState,                    sccp_call_state,    call_state),
	DOWN_V(0, 7, DisplayPromptStatus,  sccp_prompt,        prompt),
	DOWN(ClearPromptStatus,            sccp_line_call,     line_call),
	DOWN_V(0, 7, DisplayNotify,        sccp_notify,        notify),
	DOWN_EMPTY(ClearNotify),
	DOWN(ActivateCallPlane,            sccp_u32,           u32),
	DOWN_EMPTY(DeactivateCallPlane),
	DOWN_H0(UnregisterAck,             sccp_u32,           u32),
	DOWN(BackSpaceRes,                 sccp_line_call,     line_call),
	DOWN_EMPTY(RegisterTokenAck),
	DOWN(RegisterTokenReject,          sccp_u32,           u32),
	DOWN(DialedNumber,                 sccp_dialed_number, dialed_number),
	DOWN(UserToDeviceData,             sccp_user_data,     user_data),
	DOWN_V(0, 14, FeatureStat,         sccp_feature_stat,  feature_stat),
	DOWN_V(0, 7, DisplayPriNotify,     sccp_notify,        pri_notify),
	DOWN(ClearPriNotify,               sccp_u32,           u32),
	DOWN_V(0, 6, ServiceURLStat,       sccp_service_url_stat, service_url_stat),
	DOWN(CallSelectStat,               sccp_call_select_stat, call_select_stat),
	DOWN(UserToDeviceDataVersion1,     sccp_user_data,     user_data_v1),
	DOWN_V(8, 0, DisplayDynamicNotify, sccp_notify,        notify_dynamic),
	DOWN_V(8, 0, DisplayDynamicPriNotify, sccp_notify,     pri_notify_dynamic),
	DOWN_V(8, 0, DisplayDynamicPromptStatus, sccp_prompt,  prompt_dynamic),
	DOWN_V(15, 0, FeatureStatDynamic,  sccp_feature_stat,  feature_stat_dynamic),
	DOWN_V(17, 0, LineStatDynamic,     sccp_line_stat,     line_stat_dynamic),
	DOWN_V(7, 0, ServiceURLStatDynamic, sccp_service_url_stat, service_url_stat_dynamic),
	DOWN_V(8, 0, CallInfoDynamic,      sccp_call_info,     call_info_dynamic),
	DOWN_V(11, 0, PortReq,             sccp_port_req,      port_req),
	DOWN_V(11, 0, PortClose,           sccp_port_close,    port_close),
	UP(REG, StartMediaTransmissionAck, sccp_start_media_ack, start_media_ack, NULL),
	DOWN_V(11, 0, CallHistoryDisposition, sccp_call_history, call_history),
	UP(SCCP_ANY, ExtensionDeviceCaps,  sccp_extension_caps, extension_caps, NULL),
	UP(SCCP_ANY, XMLAlarm,             sccp_xml_alarm,     xml_alarm, sccp_on_xml_alarm),
	UP(SCCP_NEW, SPCPRegisterTokenReq, sccp_spcp_token_req, spcp_token_req, sccp_on_spcp_token),
	DOWN(SPCPRegisterTokenAck,         sccp_u32,           u32),
	DOWN(SPCPRegisterTokenReject,      sccp_u32,           u32),
};
/* clang-format on */

const struct sccp_desc *sccp_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct sccp_desc *sccp_desc(uint32_t id)
{
	size_t lo = 0, hi = sizeof(table) / sizeof(table[0]);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (table[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < sizeof(table) / sizeof(table[0]) && table[lo].id == id ? &table[lo] : NULL;
}
