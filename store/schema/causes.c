/* store/schema/causes.c - see causes.h. `number-changeed` is how routers write it. */
#include "store/schema/causes.h"

#define CAUSES(X)                             \
	X("access-info-discard", 43)          \
	X("b-cap-not-implemented", 65)        \
	X("b-cap-restrict", 70)               \
	X("b-cap-unauthorized", 57)           \
	X("b-cap-unavail", 58)                \
	X("call-awarded", 7)                  \
	X("call-cid-in-use", 83)              \
	X("call-clear", 86)                   \
	X("call-reject", 21)                  \
	X("cell-rate-unavail", 37)            \
	X("channel-unacceptable", 6)          \
	X("chantype-not-implement", 66)       \
	X("cid-in-use", 84)                   \
	X("codec-incompatible", 171)          \
	X("cug-incalls-bar", 55)              \
	X("cug-outcalls-bar", 53)             \
	X("dest-incompatible", 88)            \
	X("dest-out-of-order", 27)            \
	X("dest-unroutable", 3)               \
	X("dsp-error", 172)                   \
	X("dtl-trans-not-node-id", 160)       \
	X("facility-not-implemented", 69)     \
	X("facility-not-subscribed", 50)      \
	X("facility-reject", 29)              \
	X("glare", 15)                        \
	X("glaring-switch-pri", 180)          \
	X("htspm-oos", 129)                   \
	X("ie-missing", 96)                   \
	X("ie-not-implemented", 99)           \
	X("info-class-inconsistent", 62)      \
	X("interworking", 127)                \
	X("invalid-call-ref", 81)             \
	X("invalid-ie", 100)                  \
	X("invalid-msg", 95)                  \
	X("invalid-number", 28)               \
	X("invalid-transit-net", 91)          \
	X("misdialled-trunk-prefix", 5)       \
	X("msg-incomp-call-state", 101)       \
	X("msg-not-implemented", 97)          \
	X("msgtype-incompatible", 98)         \
	X("net-out-of-order", 38)             \
	X("next-node-unreachable", 128)       \
	X("no-answer", 19)                    \
	X("no-call-suspend", 85)              \
	X("no-channel", 82)                   \
	X("no-circuit", 34)                   \
	X("no-cug", 90)                       \
	X("no-dsp-channel", 170)              \
	X("no-req-circuit", 44)               \
	X("no-resource", 47)                  \
	X("no-response", 18)                  \
	X("no-voice-resources", 126)          \
	X("non-select-user-clear", 26)        \
	X("normal-call-clear", 16)            \
	X("normal-unspecified", 31)           \
	X("not-in-cug", 87)                   \
	X("number-changeed", 22)              \
	X("param-not-implemented", 103)       \
	X("perm-frame-mode-oos", 39)          \
	X("perm-frame-mode-oper", 40)         \
	X("precedence-call-block", 46)        \
	X("preempt", 8)                       \
	X("preempt-reserved", 9)              \
	X("protocol-error", 111)              \
	X("qos-unavail", 49)                  \
	X("rec-timer-exp", 102)               \
	X("redirect-to-new-destination", 23)  \
	X("req-vpci-vci-unavail", 35)         \
	X("send-infotone", 4)                 \
	X("serv-not-implemented", 79)         \
	X("serv/opt-unavail-unspecified", 63) \
	X("stat-enquiry-resp", 30)            \
	X("subscriber-absent", 20)            \
	X("switch-congestion", 42)            \
	X("temp-fail", 41)                    \
	X("transit-net-unroutable", 2)        \
	X("unassigned-number", 1)             \
	X("unknown-param-msg-discard", 110)   \
	X("unsupported-aal-parms", 93)        \
	X("user-busy", 17)                    \
	X("vpci-vci-assign-fail", 36)         \
	X("vpci-vci-unavail", 45)

#define NUMBERED(name, value) { name, value },
#define NAME(name, value)     name,

const struct schema_name schema_cause_names[] = {
	CAUSES(NUMBERED){ "number-changed", 22 },
	{ NULL, 0 },
};
const char *const schema_causes[] = { CAUSES(NAME) NULL };
