/* server/sccp/message.h - the SCCP messages as plain structs, and the one table that describes
 * them: id, name, direction, versions, fields with their optional tail, the state a message needs,
 * its handler. The table drives decoder, encoder, trace, fuzzer and tests. Constant data; any
 * thread.
 *
 * Names are those of public dissectors. Texts are UTF-8 here; a phone's dictionary code stays two
 * raw bytes (0x80 or 0x1E, then the code), which never begin a UTF-8 character. */
#ifndef SCCP_MESSAGE_H
#define SCCP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sccp_session;

#define SCCP_STR(width) (2 * (width) + 1) /* room for ISO-8859-1 text of `width` bytes in UTF-8 */

#define SCCP_BUTTONS_MAX   56 /* buttons of a phone with two add-on modules */
#define SCCP_BUTTONS_USUAL 42 /* what a template carries unless there are more */
#define SCCP_SOFTKEYS      32
#define SCCP_SOFTKEY_SETS  16
#define SCCP_SET_KEYS      16
#define SCCP_AUDIO_CAPS    18
#define SCCP_SERVERS       5
#define SCCP_USER_DATA_MAX 2000
#define SCCP_QUALITY_MAX   600

enum sccp_id {
	SCCP_KeepAlive = 0x0000,
	SCCP_Register = 0x0001,
	SCCP_IpPort = 0x0002,
	SCCP_KeypadButton = 0x0003,
	SCCP_EnblocCall = 0x0004,
	SCCP_Stimulus = 0x0005,
	SCCP_OffHook = 0x0006,
	SCCP_OnHook = 0x0007,
	SCCP_HookFlash = 0x0008,
	SCCP_ForwardStatReq = 0x0009,
	SCCP_SpeedDialStatReq = 0x000A,
	SCCP_LineStatReq = 0x000B,
	SCCP_ConfigStatReq = 0x000C,
	SCCP_TimeDateReq = 0x000D,
	SCCP_ButtonTemplateReq = 0x000E,
	SCCP_VersionReq = 0x000F,
	SCCP_CapabilitiesRes = 0x0010,
	SCCP_ServerReq = 0x0012,
	SCCP_Alarm = 0x0020,
	SCCP_OpenReceiveChannelAck = 0x0022,
	SCCP_ConnectionStatisticsRes = 0x0023,
	SCCP_SoftKeySetReq = 0x0025,
	SCCP_SoftKeyEvent = 0x0026,
	SCCP_Unregister = 0x0027,
	SCCP_SoftKeyTemplateReq = 0x0028,
	SCCP_RegisterTokenReq = 0x0029,
	SCCP_MediaTransmissionFailure = 0x002A,
	SCCP_HeadsetStatus = 0x002B,
	SCCP_RegisterAvailableLines = 0x002D,
	SCCP_DeviceToUserData = 0x002E,
	SCCP_DeviceToUserDataResponse = 0x002F,
	SCCP_UpdateCapabilities = 0x0030,
	SCCP_ServiceURLStatReq = 0x0033,
	SCCP_FeatureStatReq = 0x0034,
	SCCP_DeviceToUserDataVersion1 = 0x0041,
	SCCP_DeviceToUserDataResponseVersion1 = 0x0042,
	SCCP_UpdateCapabilitiesV2 = 0x0043,
	SCCP_UpdateCapabilitiesV3 = 0x0044,
	SCCP_PortRes = 0x0045,
	SCCP_MediaPathEvent = 0x0049,
	SCCP_MediaPathCapability = 0x004A,
	SCCP_RegisterAck = 0x0081,
	SCCP_StartTone = 0x0082,
	SCCP_StopTone = 0x0083,
	SCCP_SetRinger = 0x0085,
	SCCP_SetLamp = 0x0086,
	SCCP_SetSpeakerMode = 0x0088,
	SCCP_SetMicroMode = 0x0089,
	SCCP_StartMediaTransmission = 0x008A,
	SCCP_StopMediaTransmission = 0x008B,
	SCCP_CallInfo = 0x008F,
	SCCP_ForwardStat = 0x0090,
	SCCP_SpeedDialStat = 0x0091,
	SCCP_LineStat = 0x0092,
	SCCP_ConfigStat = 0x0093,
	SCCP_DefineTimeDate = 0x0094,
	SCCP_ButtonTemplate = 0x0097,
	SCCP_Version = 0x0098,
	SCCP_CapabilitiesReq = 0x009B,
	SCCP_RegisterReject = 0x009D,
	SCCP_ServerRes = 0x009E,
	SCCP_Reset = 0x009F,
	SCCP_KeepAliveAck = 0x0100,
	SCCP_OpenReceiveChannel = 0x0105,
	SCCP_CloseReceiveChannel = 0x0106,
	SCCP_ConnectionStatisticsReq = 0x0107,
	SCCP_SoftKeyTemplateRes = 0x0108,
	SCCP_SoftKeySetRes = 0x0109,
	SCCP_SelectSoftKeys = 0x0110,
	SCCP_CallState = 0x0111,
	SCCP_DisplayPromptStatus = 0x0112,
	SCCP_ClearPromptStatus = 0x0113,
	SCCP_DisplayNotify = 0x0114,
	SCCP_ClearNotify = 0x0115,
	SCCP_ActivateCallPlane = 0x0116,
	SCCP_DeactivateCallPlane = 0x0117,
	SCCP_UnregisterAck = 0x0118,
	SCCP_BackSpaceRes = 0x0119,
	SCCP_RegisterTokenAck = 0x011A,
	SCCP_RegisterTokenReject = 0x011B,
	SCCP_DialedNumber = 0x011D,
	SCCP_UserToDeviceData = 0x011E,
	SCCP_FeatureStat = 0x011F,
	SCCP_DisplayPriNotify = 0x0120,
	SCCP_ClearPriNotify = 0x0121,
	SCCP_ServiceURLStat = 0x012F,
	SCCP_CallSelectStat = 0x0130,
	SCCP_UserToDeviceDataVersion1 = 0x013F,
	SCCP_DisplayDynamicNotify = 0x0143,
	SCCP_DisplayDynamicPriNotify = 0x0144,
	SCCP_DisplayDynamicPromptStatus = 0x0145,
	SCCP_FeatureStatDynamic = 0x0146,
	SCCP_LineStatDynamic = 0x0147,
	SCCP_ServiceURLStatDynamic = 0x0148,
	SCCP_CallInfoDynamic = 0x014A,
	SCCP_PortReq = 0x014B,
	SCCP_PortClose = 0x014C,
	SCCP_StartMediaTransmissionAck = 0x0154,
	SCCP_CallHistoryDisposition = 0x0156,
	SCCP_ExtensionDeviceCaps = 0x0159,
	SCCP_XMLAlarm = 0x015A,
	SCCP_SPCPRegisterTokenReq = 0x8000,
	SCCP_SPCPRegisterTokenAck = 0x8100,
	SCCP_SPCPRegisterTokenReject = 0x8101,
};

/* Button types (ButtonTemplate) and stimuli (Stimulus, SetLamp) share one numbering. */
enum sccp_button_type {
	SCCP_BUTTON_UNUSED = 0x00,
	SCCP_BUTTON_REDIAL = 0x01,
	SCCP_BUTTON_SPEED_DIAL = 0x02,
	SCCP_BUTTON_HOLD = 0x03,
	SCCP_BUTTON_TRANSFER = 0x04,
	SCCP_BUTTON_FORWARD_ALL = 0x05,
	SCCP_BUTTON_DISPLAY = 0x08,
	SCCP_BUTTON_LINE = 0x09,
	SCCP_BUTTON_VOICEMAIL = 0x0F,
	SCCP_BUTTON_FEATURE = 0x13,
	SCCP_BUTTON_SERVICE_URL = 0x14,
	SCCP_BUTTON_BLF_SPEED_DIAL = 0x15,
	SCCP_BUTTON_MEET_ME = 0x7B,
	SCCP_BUTTON_CONFERENCE = 0x7D,
	SCCP_BUTTON_PARK = 0x7E,
	SCCP_BUTTON_PICKUP = 0x7F,
	SCCP_BUTTON_GROUP_PICKUP = 0x80,
	SCCP_BUTTON_MOBILITY = 0x81,
	SCCP_BUTTON_DND = 0x82,
	SCCP_BUTTON_CONF_LIST = 0x83,
	SCCP_BUTTON_REMOVE_LAST = 0x84,
	SCCP_BUTTON_CALL_BACK = 0x86,
	SCCP_BUTTON_NEW_CALL = 0x89,
	SCCP_BUTTON_END_CALL = 0x8A,
	SCCP_BUTTON_HLOG = 0x8B,
	SCCP_BUTTON_MESSAGES = 0xC2,
	SCCP_BUTTON_DIRECTORY = 0xC3,
	SCCP_BUTTON_APPLICATION = 0xC5,
	SCCP_BUTTON_HEADSET = 0xC6,
	SCCP_BUTTON_UNDEFINED = 0xFF,
};
enum { SCCP_LAMP_OFF = 1, SCCP_LAMP_ON = 2 };
enum { SCCP_RESET_RESET = 1, SCCP_RESET_RESTART = 2, SCCP_RESET_APPLY_CONFIG = 3 };
enum { SCCP_UNREGISTER_OK = 0, SCCP_UNREGISTER_ERROR = 1, SCCP_UNREGISTER_NAK = 2 };
enum { SCCP_BLF_UNKNOWN = 0, SCCP_BLF_IDLE = 1, SCCP_BLF_IN_USE = 2 };

struct sccp_addr {
	uint32_t type;  /* 0 IPv4, 1 IPv6 */
	uint8_t ip[16]; /* network order; IPv4 fills the first four */
};

/* ---- registration and session ---- */
struct sccp_station {
	char name[SCCP_STR(16)];
	uint32_t user_id, instance;
};
struct sccp_register {
	struct sccp_station station;
	struct sccp_addr addr;
	uint32_t device_type, max_streams, active_streams;
	uint8_t version, features[3];
	uint32_t max_conferences, active_conferences;
	uint8_t mac[12];
	uint32_t ipv4_scope, max_lines;
	uint8_t ipv6[16];
	uint32_t ipv6_scope;
	char load[SCCP_STR(32)], stamp[SCCP_STR(48)];
};
struct sccp_register_ack {
	uint32_t keepalive_s;
	char date_template[SCCP_STR(8)];
	uint32_t secondary_keepalive_s;
	uint8_t version, features[3];
};
struct sccp_register_reject {
	char text[SCCP_STR(32)];
};
struct sccp_register_token_req {
	struct sccp_station station;
	struct sccp_addr addr;
	uint32_t device_type;
	uint8_t ipv6[16];
	uint32_t unknown;
};
struct sccp_spcp_token_req {
	struct sccp_station station;
	struct sccp_addr addr;
	uint32_t device_type, max_streams;
};
struct sccp_u32 { /* any message of one number */
	uint32_t value;
};
struct sccp_u32x2 {
	uint32_t a, b;
};
struct sccp_alarm {
	uint32_t severity;
	char text[SCCP_STR(80)];
	uint32_t param1, param2;
};
struct sccp_xml_alarm {
	char text[SCCP_STR(2048)];
};
struct sccp_server_res {
	struct sccp_server_name {
		char name[SCCP_STR(48)];
	} server[SCCP_SERVERS];
	uint32_t port[SCCP_SERVERS];
	struct sccp_addr addr[SCCP_SERVERS];
};
struct sccp_version {
	char load[SCCP_STR(16)];
};
struct sccp_time_date {
	uint32_t year, month, weekday, day, hour, minute, second, ms, unix_time;
};
struct sccp_extension_caps {
	uint32_t instance, type, max_modules, unknown[6];
	char text[SCCP_STR(128)];
};

/* ---- capabilities and templates ---- */
struct sccp_audio_cap {
	uint32_t codec, frames;
	uint8_t params[8];
};
struct sccp_capabilities {
	uint32_t n;
	struct sccp_audio_cap audio[SCCP_AUDIO_CAPS];
};
struct sccp_update_capabilities {
	uint32_t n_audio, n_video, n_data, rtp_payload, n_formats;
	struct sccp_audio_cap audio[SCCP_AUDIO_CAPS];
};
struct sccp_button {
	uint8_t instance, type;
};
struct sccp_button_template {
	uint32_t offset, count, total;
	uint32_t slots; /* pairs on the wire, unused ones {0, SCCP_BUTTON_UNDEFINED} */
	struct sccp_button button[SCCP_BUTTONS_MAX];
};
struct sccp_softkey {
	char label[SCCP_STR(16)];
	uint32_t event;
};
struct sccp_softkey_template {
	uint32_t offset, count, total;
	struct sccp_softkey key[SCCP_SOFTKEYS];
};
struct sccp_softkey_set {
	uint8_t key[SCCP_SET_KEYS]; /* position in the template, from 1; 0 = empty place */
	uint16_t info[SCCP_SET_KEYS];
};
struct sccp_softkey_sets {
	uint32_t offset, count, total;
	struct sccp_softkey_set set[SCCP_SOFTKEY_SETS];
};
struct sccp_select_softkeys {
	uint32_t line, call, set, mask;
};
struct sccp_config_stat {
	struct sccp_station station;
	char user[SCCP_STR(40)], server[SCCP_STR(40)];
	uint32_t lines, speed_dials;
};
struct sccp_line_stat { /* LineStat and LineStatDynamic */
	uint32_t line;
	char number[SCCP_STR(24)], name[SCCP_STR(40)], label[SCCP_STR(40)];
	uint32_t options;
};
struct sccp_speed_dial_stat {
	uint32_t index;
	char number[SCCP_STR(24)], label[SCCP_STR(40)];
};
struct sccp_feature_stat_req {
	uint32_t index, capabilities;
};
struct sccp_feature_stat { /* FeatureStat and FeatureStatDynamic */
	uint32_t index, type;
	char label[SCCP_STR(120)];
	uint32_t status;
};
struct sccp_service_url_stat {
	uint32_t index;
	char url[SCCP_STR(256)], label[SCCP_STR(40)], extension[SCCP_STR(40)];
};
struct sccp_forward_stat {
	uint32_t active, line;
	uint32_t all_active, busy_active, noan_active;
	char all[SCCP_STR(25)], busy[SCCP_STR(25)], noan[SCCP_STR(25)];
};

/* ---- what the phone does ---- */
struct sccp_line_call {
	uint32_t line, call;
};
struct sccp_keypad {
	uint32_t button, line, call;
};
struct sccp_enbloc {
	char number[SCCP_STR(25)];
	uint32_t line;
};
struct sccp_stimulus {
	uint32_t stimulus, instance, call, status;
};
struct sccp_softkey_event {
	uint32_t event, line, call;
};

/* ---- what the phone shows and sounds ---- */
struct sccp_call_state {
	uint32_t state, line, call, visibility, level, domain;
};
struct sccp_call_info { /* CallInfo and CallInfoDynamic */
	char calling_name[SCCP_STR(120)], calling[SCCP_STR(24)];
	char called_name[SCCP_STR(120)], called[SCCP_STR(24)];
	uint32_t line, call, type;
	char original_name[SCCP_STR(120)], original[SCCP_STR(24)];
	char last_name[SCCP_STR(120)], last[SCCP_STR(24)];
	uint32_t original_reason, last_reason;
	char calling_vm[SCCP_STR(24)], called_vm[SCCP_STR(24)];
	char original_vm[SCCP_STR(24)], last_vm[SCCP_STR(24)];
	uint32_t instance, security, restriction;
	char alternate[SCCP_STR(24)], pilot[SCCP_STR(24)], pilot_name[SCCP_STR(120)];
};
struct sccp_prompt { /* DisplayPromptStatus, DisplayDynamicPromptStatus */
	uint32_t timeout_s, line, call;
	char text[SCCP_STR(96)];
};
struct sccp_notify { /* DisplayNotify, DisplayPriNotify and their dynamic forms */
	uint32_t timeout_s, priority;
	char text[SCCP_STR(96)];
};
struct sccp_dialed_number {
	char number[SCCP_STR(25)];
	uint32_t line, call;
};
struct sccp_call_select_stat {
	uint32_t status, call, line;
};
struct sccp_call_history {
	uint32_t disposition, line, call;
};
struct sccp_set_ringer {
	uint32_t mode, duration, line, call;
};
struct sccp_set_lamp {
	uint32_t stimulus, instance, mode;
};
struct sccp_start_tone {
	uint32_t tone, direction, line, call;
};
struct sccp_stop_tone {
	uint32_t line, call, tone;
};

/* ---- media ---- */
struct sccp_open_receive {
	uint32_t conference, party, ms, codec, echo_cancel, call;
	uint32_t dtmf_payload, dtmf_type, mixing, direction;
	struct sccp_addr source;
	uint32_t port, addr_type, level;
};
struct sccp_open_receive_ack {
	uint32_t status;
	struct sccp_addr addr;
	uint32_t port, party, call;
};
struct sccp_start_media {
	uint32_t conference, party;
	struct sccp_addr addr;
	uint32_t port, ms, codec, precedence, silence, max_frames, call;
	uint32_t dtmf_payload, dtmf_type, mixing, direction;
};
struct sccp_start_media_ack {
	uint32_t conference, party, call;
	struct sccp_addr addr;
	uint32_t port, status;
};
struct sccp_close_media { /* CloseReceiveChannel, StopMediaTransmission */
	uint32_t conference, party, call, port_handling;
};
struct sccp_media_failure {
	uint32_t conference, party;
	struct sccp_addr addr;
	uint32_t port, call;
};
struct sccp_port_req {
	uint32_t conference, call, party, transport, addr_type, media;
};
struct sccp_port_res {
	uint32_t conference, call, party;
	struct sccp_addr addr;
	uint32_t port, rtcp_port, media;
};
struct sccp_port_close {
	uint32_t conference, call, party, media;
};
struct sccp_conn_stat_req {
	char number[SCCP_STR(25)];
	uint32_t call, mode;
};
struct sccp_conn_stat_res {
	char number[SCCP_STR(28)];
	uint32_t call, mode;
	uint32_t packets_sent, octets_sent, packets_received, octets_received;
	uint32_t packets_lost, jitter_ms, latency_ms, quality_len;
	uint8_t quality[SCCP_QUALITY_MAX]; /* "MLQK=4.5;..." */
};
struct sccp_user_data { /* 0x011E, 0x002E, 0x002F; the Version1 forms use all fields */
	uint32_t application, line, call, transaction, len;
	uint32_t sequence, priority, conference, app_instance, routing;
	uint8_t data[SCCP_USER_DATA_MAX];
};

/* ---- the table ---- */
enum sccp_kind {
	SCCP_F_END,
	SCCP_F_U8,
	SCCP_F_U16,
	SCCP_F_U32,
	SCCP_F_ADDR4,  /* sccp_addr as 4 bytes IPv4 */
	SCCP_F_ADDR,   /* sccp_addr as 4 bytes below version 17, as type and 16 bytes from it */
	SCCP_F_BYTES,  /* `width` raw bytes */
	SCCP_F_DATA,   /* raw bytes, their number in the member at n_off, at most `width` */
	SCCP_F_TEXT,   /* `width` bytes, text up to the first NUL */
	SCCP_F_ZSTR,   /* text with its NUL, at most `width` bytes of text */
	SCCP_F_ZERO,   /* `width` bytes that are not used: sent as 0, skipped when read */
	SCCP_F_SUB,    /* `count` structs of fields `sub` */
	SCCP_F_REST,   /* as many structs as the body holds; their number in the member at n_off */
	SCCP_F_COUNT,  /* structs, their number in the u32 member at n_off */
	SCCP_F_MODE,   /* ConnectionStatisticsRes: one byte or four, told apart by content */
	SCCP_F_ENBLOC, /* line of EnblocCall from version 18: packed, or aligned three bytes later
			*/
};

struct sccp_field {
	const char *name;
	uint8_t kind;       /* enum sccp_kind */
	bool tail;          /* the body may end before this field; the member is 0 then */
	uint8_t vmin, vmax; /* versions that have the field; vmax 0 = no upper bound */
	uint16_t off, cap;  /* struct member */
	uint16_t width;     /* bytes on the wire */
	uint16_t count;     /* elements; 0 counts as 1 */
	uint16_t n_off;     /* REST, COUNT, DATA: u32 member with the number */
	uint16_t stride;    /* SUB, REST, COUNT: size of one struct */
	const struct sccp_field *sub;
};

enum sccp_dir { SCCP_FROM_PHONE, SCCP_TO_PHONE };
enum sccp_state { /* a session is in one; a message names those it is allowed in */
		  SCCP_NEW = 1,
		  SCCP_REGISTERED = 2,
		  SCCP_LEFT = 4, /* unregistered; waits for the phone to close */
		  SCCP_ANY = 7,
};
#define SCCP_HEADER_0 1 /* header version 0 at every protocol version */

typedef void (*sccp_handler)(struct sccp_session *s, const void *msg);

struct sccp_desc {
	uint32_t id;
	const char *name;
	uint8_t dir;        /* enum sccp_dir */
	uint8_t vmin, vmax; /* versions it is used in; vmax 0 = no upper bound */
	uint8_t needs;      /* enum sccp_state, or-ed */
	uint8_t flags;
	uint16_t size; /* of its struct; 0 = no body */
	const struct sccp_field *fields;
	sccp_handler on; /* NULL: decoded, counted, nothing to do */
};

#define SCCP_STRUCT_MAX 4608 /* the largest struct above, with room */

const struct sccp_desc *sccp_desc(uint32_t id); /* NULL: unknown id */
const struct sccp_desc *sccp_table(size_t *n);  /* ascending ids */

#endif
