/* api/routes.c - the one table of operations. Dispatch, OpenAPI and the test of who may do what read it.
 * Order matters where two patterns match: the first row wins. */
#include <string.h>

#include "api/api_int.h"

#define PAGED "limit,cursor"
#define WRITE "comment,apply,confirm_minutes,diff"

/* clang-format off */
const struct api_route api_routes[] = {
	/* first run and sign-in */
	{ "GET", "/setup", ROLE_NONE, R_SETUP, NULL, api_setup_get, "setup.get",
	  "Whether set-up is still needed", NULL, "Setup", 200 },
	{ "POST", "/setup", ROLE_NONE, R_SETUP, NULL, api_setup_post, "setup.create",
	  "Make the first administrator and the site profile, with the one-time code of the console",
	  "SetupRequest", "Write", 201 },
	{ "POST", "/sessions", ROLE_NONE, 0, NULL, api_session_open, "session.create",
	  "Sign in: sets the session cookie, answers the CSRF token", "SignIn", "Session", 201 },
	{ "GET", "/sessions", ROLE_VIEWER, 0, "all", api_session_list, "session.list",
	  "One's own sessions; all of them with all=true (administrators)", NULL, "SessionPage", 200 },
	{ "GET", "/sessions/current", ROLE_VIEWER, 0, NULL, api_session_current, "session.current",
	  "Who is signed in, and the CSRF token", NULL, "Session", 200 },
	{ "DELETE", "/sessions/current", ROLE_VIEWER, R_NOBODY, NULL, api_session_close, "session.close",
	  "Sign out", NULL, NULL, 204 },
	{ "PUT", "/sessions/current/password", ROLE_VIEWER, 0, NULL, api_password_change, "password.change",
	  "Change one's own password; ends all of one's sessions", "PasswordChange", NULL, 204 },
	{ "DELETE", "/sessions/{session}", ROLE_VIEWER, R_NOBODY, NULL, api_session_end, "session.end",
	  "End a session; others' only as administrator", NULL, NULL, 204 },
	{ "GET", "/accounts", ROLE_ADMIN, 0, NULL, api_account_list, "account.list",
	  "Accounts", NULL, "AccountPage", 200 },
	{ "POST", "/accounts", ROLE_ADMIN, 0, NULL, api_account_add, "account.create",
	  "Make an account", "AccountRequest", "Account", 201 },
	{ "GET", "/accounts/{username}", ROLE_ADMIN, 0, NULL, api_account_get, "account.get",
	  "One account", NULL, "Account", 200 },
	{ "PATCH", "/accounts/{username}", ROLE_ADMIN, 0, NULL, api_account_change, "account.change",
	  "Change role or password, enable or disable; ends its sessions", "AccountPatch", "Account", 200 },
	{ "DELETE", "/accounts/{username}", ROLE_ADMIN, R_NOBODY, NULL, api_account_remove, "account.delete",
	  "Remove an account", NULL, NULL, 204 },
	{ "GET", "/tokens", ROLE_ADMIN, 0, NULL, api_token_list, "token.list",
	  "Bearer tokens", NULL, "TokenPage", 200 },
	{ "POST", "/tokens", ROLE_ADMIN, 0, NULL, api_token_add, "token.create",
	  "Make a bearer token; it is shown this once", "TokenRequest", "TokenMade", 201 },
	{ "GET", "/tokens/{token}", ROLE_ADMIN, 0, NULL, api_token_get, "token.get",
	  "One token", NULL, "Token", 200 },
	{ "DELETE", "/tokens/{token}", ROLE_ADMIN, R_NOBODY, NULL, api_token_remove, "token.delete",
	  "Revoke a token", NULL, NULL, 204 },
	{ "GET", "/audit", ROLE_ADMIN, 0, PAGED, api_audit_list, "audit.list",
	  "Who changed what, newest first", NULL, "AuditPage", 200 },

	/* configuration */
	{ "GET", "/config/{path...}", ROLE_VIEWER, R_CONFIG | R_ETAG | R_FILTER, PAGED ",sort,defaults",
	  api_config_get, "config.get", "Read", NULL, NULL, 200 },
	{ "POST", "/config/{path...}", ROLE_OPERATOR, R_CONFIG | R_COLLECT | R_DRY, WRITE,
	  api_config_create, "config.create", "Create; without a tag the lowest free one is taken", NULL,
	  "Write", 201 },
	{ "PUT", "/config/{path...}", ROLE_OPERATOR, R_CONFIG | R_SINGLE | R_DRY | R_MATCH, WRITE,
	  api_config_put, "config.put", "Create or replace", NULL, "Write", 200 },
	{ "PATCH", "/config/{path...}", ROLE_OPERATOR, R_CONFIG | R_SINGLE | R_DRY | R_MATCH, WRITE,
	  api_config_patch, "config.patch", "Change by a merge patch (RFC 7396)", NULL, "Write", 200 },
	{ "DELETE", "/config/{path...}", ROLE_OPERATOR, R_CONFIG | R_SINGLE | R_DRY | R_MATCH | R_NOBODY,
	  WRITE, api_config_delete, "config.delete", "Remove; on a singleton the no form of its mode",
	  NULL, "Write", 200 },
	{ "POST", "/transactions", ROLE_OPERATOR, R_DRY, "diff", api_transaction, "transaction.create",
	  "Several changes as one: all or none", "Transaction", "Write", 200 },
	{ "GET", "/revisions", ROLE_VIEWER, 0, PAGED ",path", api_revision_list, "revision.list",
	  "Revisions, newest first; with path= those that changed that object, and how", NULL, "RevisionPage", 200 },
	{ "GET", "/revisions/{revision}", ROLE_VIEWER, 0, NULL, api_revision_get, "revision.get",
	  "One revision and what it changed", NULL, "Revision", 200 },
	{ "GET", "/revisions/{revision}/changes", ROLE_VIEWER, 0, "since", api_revision_changes,
	  "revision.changes", "Difference to another revision (since; default: the one before)", NULL,
	  "Changes", 200 },
	{ "POST", "/revisions/{revision}/restore", ROLE_OPERATOR, R_DRY, "confirm_minutes,diff",
	  api_revision_restore, "revision.restore", "Bring a revision back, as a new one", "Restore", "Write",
	  200 },
	{ "GET", "/confirmation", ROLE_VIEWER, 0, NULL, api_confirmation_get, "confirmation.get",
	  "Whether a change waits to be confirmed, and until when", NULL, "Confirmation", 200 },
	{ "POST", "/confirmation", ROLE_OPERATOR, R_NOBODY, NULL, api_confirmation_confirm,
	  "confirmation.confirm", "Keep the change that waits", NULL, "Confirmation", 200 },
	{ "DELETE", "/confirmation", ROLE_OPERATOR, R_DRY | R_NOBODY, "apply,diff", api_confirmation_take_back,
	  "confirmation.take_back", "Take back the change that waits, as a new revision", NULL, "Write", 200 },

	/* phones */
	{ "GET", "/phones", ROLE_VIEWER, 0, PAGED ",state,protocol,q,sort", api_phone_list, "phone.list",
	  "All phones: configured, registered, and unknown askers", NULL, "PhonePage", 200 },
	{ "GET", "/phones/{device}", ROLE_VIEWER, 0, NULL, api_phone_get, "phone.get",
	  "One phone", NULL, "Phone", 200 },
	{ "GET", "/phones/{device}/timeline", ROLE_VIEWER, 0, NULL, api_phone_timeline, "phone.timeline",
	  "What the phone did, step by step, and a verdict", NULL, "Timeline", 200 },
	{ "GET", "/phones/{device}/files", ROLE_VIEWER, 0, NULL, api_phone_files, "phone.files",
	  "The files made for this phone", NULL, "FilePage", 200 },
	{ "GET", "/phones/{device}/files/{name}", ROLE_VIEWER, 0, NULL, api_phone_file, "phone.file",
	  "Content of such a file, passwords masked", NULL, "FileText", 200 },
	{ "POST", "/phones/{device}/actions/restart", ROLE_OPERATOR, R_NOBODY, NULL, api_phone_restart,
	  "phone.restart", "Ask the phone to restart", NULL, "ActionDone", 202 },
	{ "POST", "/phones/{device}/actions/reset", ROLE_OPERATOR, R_NOBODY, NULL, api_phone_reset,
	  "phone.reset", "Ask the phone to reset", NULL, "ActionDone", 202 },
	{ "GET", "/attempted-registrations", ROLE_VIEWER, 0, "protocol", api_attempt_list, "attempt.list",
	  "Registrations that were refused", NULL, "AttemptPage", 200 },
	{ "DELETE", "/attempted-registrations", ROLE_OPERATOR, R_NOBODY, "protocol", api_attempt_clear,
	  "attempt.clear", "Forget them", NULL, NULL, 204 },
	{ "GET", "/files", ROLE_VIEWER, 0, NULL, api_file_list, "file.list",
	  "All files that phones can fetch", NULL, "FilePage", 200 },
	{ "GET", "/events", ROLE_VIEWER, R_QUIET, "after,before,types,wait,limit,order,subject",
	  api_event_list, "event.list", "Events; with wait= a long poll", NULL, "EventPage", 200 },

	/* the system */
	{ "GET", "/clock", ROLE_VIEWER, 0, NULL, api_clock_get, "clock.get",
	  "State of the system clock and of the time service", NULL, "Clock", 200 },
	{ "GET", "/status/engines", ROLE_VIEWER, 0, NULL, api_engine_list, "engine.list",
	  "Which services listen where, and why one does not", NULL, "EnginePage", 200 },
	{ "GET", "/capabilities", ROLE_VIEWER, 0, NULL, api_capabilities, "capabilities.get",
	  "Version, limits in force, feed ports, phone models, time zones", NULL, "Capabilities", 200 },
	{ "GET", "/schema", ROLE_VIEWER, 0, NULL, api_schema_get, "schema.get",
	  "Every setting: type, limits, default, effect, words for a form", NULL, "Schema", 200 },
	{ "GET", "/models", ROLE_VIEWER, 0, NULL, api_model_list, "model.list",
	  "Phone models", NULL, "ModelPage", 200 },
	{ "GET", "/zones", ROLE_VIEWER, 0, NULL, api_zone_list, "zone.list",
	  "Time zones by number", NULL, "ZonePage", 200 },
	{ "GET", "/openapi.json", ROLE_VIEWER, R_ETAG, NULL, api_openapi_get, "openapi.get",
	  "This description", NULL, "OpenApi", 200 },
	{ "GET", "/backup", ROLE_ADMIN, 0, NULL, api_backup_get, "backup.get",
	  "One archive of everything; the field Backup-Passphrase adds the secrets, encrypted", NULL,
	  "Backup", 200 },
	{ "POST", "/backup", ROLE_ADMIN, R_DRY | R_BIG | R_TEXT, "confirm_minutes", api_backup_restore, "backup.restore",
	  "Restore an archive, as a new revision", "Backup", "RestoreReport", 200 },
	{ "GET", "/export", ROLE_VIEWER, R_OTHER, "all,secrets,revision", api_export_get, "export.get",
	  "The configuration as an IOS running configuration; secrets=true for administrators", NULL,
	  "Text", 200 },
	{ "POST", "/import", ROLE_OPERATOR, R_DRY | R_BIG | R_TEXT,
	  "mode,base_revision,comment,apply,confirm_minutes,diff", api_import, "import.create",
	  "Read an IOS running configuration: what became of each of its lines", "Text", "Import", 200 },
	{ "GET", "/tls-certificate", ROLE_ADMIN, 0, NULL, api_certificate_get, "certificate.get",
	  "The certificate in force", NULL, "Certificate", 200 },
	{ "PUT", "/tls-certificate", ROLE_ADMIN, R_TEXT, NULL, api_certificate_put, "certificate.put",
	  "Install one's own: certificate, chain and key in PEM", "Pem", "Certificate", 200 },
	{ "DELETE", "/tls-certificate", ROLE_ADMIN, R_NOBODY, NULL, api_certificate_remove,
	  "certificate.delete", "Back to the self-signed one", NULL, "Certificate", 200 },
	{ 0 },
};
/* clang-format on */

static bool method_is(const struct api_route *r, const char *method)
{
	return !strcmp(r->method, method) || (!strcmp(method, "HEAD") && !strcmp(r->method, "GET"));
}

const struct api_route *api_route_find(const char *method, const char *raw, struct api_params *out,
				       char *allow, size_t cap)
{
	const struct api_route *r;
	struct text t;

	text_fixed(&t, allow, cap);
	for (r = api_routes; r->method; r++) {
		if (!api_path_match(r->pattern, raw, out))
			continue;
		if (method_is(r, method))
			return r;
		text_addf(&t, "%s%s", t.len ? ", " : "", r->method);
		if (!strcmp(r->method, "GET"))
			text_add(&t, ", HEAD");
	}
	return NULL;
}
