/* store/ios/exec.c - EXEC commands (cme-model 1.40) and the prompts of IOS, as tables. */
#include "store/ios/exec.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct exec_word {
	const char *word;
	unsigned min; /* letters that are enough */
	enum exec_kind kind;
	bool alone; /* with further words it is configuration (`enable secret ...`) */
};

/* clang-format off */
static const struct exec_word words[] = {
	{ "show", 2, EXEC_SHOW, false },      { "more", 4, EXEC_SHOW, false },
	{ "enable", 2, EXEC_QUIET, true },    { "disable", 4, EXEC_QUIET, true },
	{ "configure", 4, EXEC_QUIET, false },{ "terminal", 3, EXEC_QUIET, false },
	{ "logout", 6, EXEC_QUIET, true },    { "do", 2, EXEC_SHOW, false },
	{ "clear", 3, EXEC_ACTION, false },   { "debug", 3, EXEC_ACTION, false },
	{ "undebug", 4, EXEC_ACTION, false }, { "mkdir", 3, EXEC_ACTION, false },
	{ "rmdir", 3, EXEC_ACTION, false },   { "squeeze", 3, EXEC_ACTION, false },
	{ "copy", 4, EXEC_ACTION, false },    { "write", 2, EXEC_ACTION, false },
	{ "reload", 3, EXEC_ACTION, false },  { "ping", 4, EXEC_SHOW, false },
	{ "traceroute", 5, EXEC_SHOW, false },{ "telnet", 6, EXEC_SHOW, false },
	{ "delete", 3, EXEC_ACTION, false },  { "dir", 3, EXEC_SHOW, false },
	{ "erase", 5, EXEC_ACTION, false },   { "format", 6, EXEC_ACTION, false },
	{ "rename", 6, EXEC_ACTION, false },  { "verify", 6, EXEC_SHOW, false },
	{ "restart", 5, EXEC_ACTION, false }, { "reset", 5, EXEC_ACTION, false },
	{ "csim", 4, EXEC_ACTION, false },    { "test", 4, EXEC_ACTION, false },
	{ NULL, 0, EXEC_NONE, false },
};

static const struct prompt_mode prompts[] = {
	{ "config", "", NULL },
	{ "config-telephony", "telephony-service", NULL },
	{ "conf-tele-group", "telephony-service", "group" },
	{ "config-ephone", "ephones", NULL },
	{ "config-ephone-dn", "ephone-dns", NULL },
	{ "config-ephone-template", "ephone-templates", NULL },
	{ "config-ephone-dn-template", "ephone-dn-templates", NULL },
	{ "config-ephone-hunt", "ephone-hunts", NULL },
	{ "config-voice-hunt-group", "voice-hunt-groups", NULL },
	{ "config-register-global", "voice-register/global", NULL },
	{ "config-voice-auto-register", "voice-register/global", "auto-register" },
	{ "config-register-pool", "voice-register/pools", NULL },
	{ "config-register-dn", "voice-register/dns", NULL },
	{ "config-register-temp", "voice-register/templates", NULL },
	{ "config-register-template", "voice-register/templates", NULL },
	{ "config-register-dialplan", "voice-register/dialplans", NULL },
	{ "conf-voi-serv", "voice-service/voip", NULL },
	{ "config-voi-serv", "voice-service/voip", NULL },
	{ "conf-serv-sip", "voice-service/voip", "sip" },
	{ "conf-vpn-group", "voice-service/voip", "vpn-group" },
	{ "conf-vpn-profile", "voice-service/voip", "vpn-profile" },
	{ "config-sip-ua", "sip-ua", NULL },
	{ "config-dial-peer", "dial-peers", NULL },
	{ "config-credentials", "credentials", NULL },
	{ "cfg-lpcor-custom", "lpcor", "custom" },
	{ "cfg-lpcor-policy", "lpcor", "policy" },
	{ "cfg-lpcor-ipphone-subnet", "lpcor", "ip-phone" },
	{ "cfg-lpcor-iptrunk-subnet", "lpcor", "ip-trunk" },
	{ "config-voice-mlpp", "mlpp", NULL },
	{ "config-voice-moh-group", "moh-groups", NULL },
	{ "config-logout-profile", "logout-profiles", NULL },
	{ "config-user-profile", "user-profiles", NULL },
	{ "config-presence", "presence", NULL },
	{ "config-voiceport", "voice-ports", NULL },
	{ "config-dspfarm-profile", "dspfarm-profiles", NULL },
	{ "conf-xml-trans", "ixi/transport-http", NULL },
	{ "config-xml-app", "ixi/application-cme", NULL },
	{ "dhcp-config", "dhcp", "pool" },
	{ NULL, NULL, NULL },
};
/* clang-format on */

static size_t word_len(const char *s)
{
	return strcspn(s, " ");
}

static const char *next_word(const char *s)
{
	s += word_len(s);
	return s + strspn(s, " ");
}

static bool is_word(const char *s, const char *word, size_t min)
{
	size_t len = word_len(s);

	return len >= min && len <= strlen(word) && strncasecmp(s, word, len) == 0;
}

/* `show running-config`, `sh run`, `show running config`, `show startup-config`, `more system:running-config`. */
static bool shows_config(const char *s)
{
	const char *what = next_word(s);

	if (is_word(s, "do", 2))
		return is_word(what, "show", 2) && shows_config(what);
	if (is_word(s, "more", 4))
		return strstr(what, "config") != NULL;
	return is_word(what, "running-config", 3) || is_word(what, "startup-config", 4) ||
	       is_word(what, "configuration", 6);
}

enum exec_kind exec_kind(const char *text, bool behind_prompt)
{
	if (is_word(text, "no", 2) && is_word(next_word(text), "debug", 3))
		return EXEC_ACTION;
	for (const struct exec_word *w = words; w->word; w++) {
		if (!is_word(text, w->word, w->min) || (w->alone && *next_word(text)))
			continue;
		return w->kind == EXEC_SHOW && shows_config(text) ? EXEC_CONFIG : w->kind;
	}
	return behind_prompt ? EXEC_SHOW : EXEC_NONE;
}

const struct prompt_mode *prompt_mode(const char *prompt)
{
	for (const struct prompt_mode *m = prompts; m->prompt; m++) {
		if (strcmp(m->prompt, prompt) == 0)
			return m;
	}
	return NULL;
}
