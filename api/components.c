/* api/components.c - JSON Schemas of bodies and answers that are not configuration. The test run validates every
 * answer against them. */
#include "api/components.h"
#include "api/json_schema.h"

/* clang-format off */
#define IMPORT_NAMES "\"applied\",\"unchanged\",\"kept\",\"ignored\",\"refused\""
#define IMPORT_COUNTS \
	"\"applied\":" NUM ",\"unchanged\":" NUM ",\"kept\":" NUM ",\"ignored\":" NUM ",\"refused\":" NUM

const struct api_component api_components[] = {
	{ "Problem", OBJECT("\"type\",\"title\",\"status\",\"detail\",\"code\"",
		"\"type\":" STR ",\"title\":" STR ",\"status\":" NUM ",\"detail\":" STR ",\"code\":" STR
		",\"field\":" STR ",\"command\":" STR ",\"path\":" STR ",\"operation\":" NUM ",\"line\":" NUM
		",\"report\":" REF("ImportReport") ",\"errors\":" LIST(OBJECT("\"detail\",\"code\"", "\"detail\":" STR ",\"code\":" STR
		",\"field\":" STR ",\"command\":" STR ",\"path\":" STR ",\"operation\":" NUM ",\"line\":" NUM))) },
	{ "Setup", CLOSED("\"needed\"", "\"needed\":" BOOL) },
	{ "SetupRequest", CLOSED("\"code\",\"username\",\"password\"",
		"\"code\":" STR ",\"username\":" STR ",\"password\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":128}"
		",\"site\":" CLOSED("", "\"address\":" STR ",\"time_zone\":" STR
		",\"profile\":{\"type\":\"string\",\"enum\":[\"site\",\"empty\"]}")) },
	{ "SignIn", CLOSED("\"username\",\"password\"", "\"username\":" STR ",\"password\":" STR) },
	{ "Session", OBJECT("\"id\",\"username\",\"role\",\"kind\"", "\"id\":" STR ",\"username\":" STR ",\"role\":" ROLE
		",\"kind\":{\"enum\":[\"session\",\"token\"]},\"csrf_token\":" STR ",\"idle_timeout_s\":" NUM) },
	{ "SessionPage", PAGE(CLOSED("\"id\",\"username\",\"address\",\"user_agent\",\"created_at\",\"last_used_at\"",
		"\"id\":" STR ",\"username\":" STR ",\"address\":" STR ",\"user_agent\":" STR ",\"created_at\":" TIME
		",\"last_used_at\":" TIME)) },
	{ "PasswordChange", CLOSED("\"current_password\",\"password\"", "\"current_password\":" STR ",\"password\":" STR) },
	{ "Account", CLOSED("\"username\",\"role\",\"enabled\",\"has_password\",\"created_at\"",
		"\"username\":" STR ",\"role\":" ROLE ",\"enabled\":" BOOL ",\"has_password\":" BOOL ",\"created_at\":" TIME
		",\"changed_at\":" TIME0 ",\"last_sign_in_at\":" TIME0) },
	{ "AccountPage", PAGE(REF("Account")) },
	{ "AccountRequest", CLOSED("\"username\",\"password\",\"role\"", "\"username\":" STR ",\"password\":" STR ",\"role\":" ROLE) },
	{ "AccountPatch", CLOSED("", "\"password\":" STR ",\"role\":" ROLE ",\"enabled\":" BOOL) },
	{ "Token", OBJECT("\"id\",\"name\",\"role\",\"created_at\",\"addresses\"", "\"id\":" STR ",\"name\":" STR ",\"role\":" ROLE
		",\"created_at\":" TIME ",\"created_by\":" STR ",\"expires_at\":" TIME0 ",\"last_used_at\":" TIME0
		",\"last_address\":" STR ",\"addresses\":" LIST(STR)) },
	{ "TokenMade", "{\"allOf\":[" REF("Token") "," OBJECT("\"token\"", "\"token\":" STR) "]}" },
	{ "TokenPage", PAGE(REF("Token")) },
	{ "TokenRequest", CLOSED("\"name\",\"role\"", "\"name\":" STR ",\"role\":" ROLE ",\"expires_at\":" TIME0
		",\"addresses\":{\"type\":[\"array\",\"null\"],\"items\":" STR "}") },
	{ "AuditPage", PAGE(OBJECT("\"id\",\"at\",\"who\",\"address\",\"action\",\"path\"", "\"id\":" NUM ",\"at\":" TIME
		",\"who\":" STR ",\"address\":" STR ",\"action\":" STR ",\"path\":" STR)) },

	{ "Change", OBJECT("\"path\",\"change\",\"fields\"", "\"path\":" STR
		",\"change\":{\"enum\":[\"created\",\"changed\",\"deleted\"]},\"fields\":" LIST(OBJECT("\"field\"",
		"\"field\":" STR ",\"label\":" STR0 ",\"command\":" STR0 ",\"apply\":" ACTION)) ",\"lines\":" STR) },
	{ "Changes", CLOSED("\"revision\",\"since\",\"changes\"", "\"revision\":" NUM ",\"since\":" NUM
		",\"changes\":" LIST(REF("Change"))) },
	{ "Write", OBJECT("\"revision\"", "\"revision\":" NUM ",\"pending_action\":" ACTION ",\"affected_phones\":"
		LIST(OBJECT("\"device\",\"pending_action\"", "\"device\":" STR ",\"pending_action\":" ACTION ",\"new\":" BOOL ",\"gone\":" BOOL))
		",\"files\":" LIST(STR) ",\"warnings\":" LIST(OBJECT("\"code\",\"detail\"", "\"code\":" STR ",\"detail\":" STR
		",\"path\":" STR ",\"field\":" STR ",\"line\":" NUM)) ",\"changes\":" LIST(REF("Change")) ",\"dry_run\":" BOOL
		",\"path\":" STR ",\"paths\":" LIST(STR) ",\"applied\":" LIST(STR) ",\"confirm\":" REF("Confirm")
		",\"file_changes\":" LIST(REF("FileChange")) ",\"file_changes_more\":" NUM) },
	{ "FileChange", CLOSED("\"name\",\"change\",\"diff\"", "\"name\":" STR
		",\"change\":{\"enum\":[\"created\",\"changed\",\"deleted\"]},\"diff\":" STR) },
	{ "Confirm", CLOSED("\"revision\",\"falls_back_to\",\"deadline\"", "\"revision\":" NUM ",\"falls_back_to\":" NUM
		",\"deadline\":" TIME) },
	{ "Confirmation", CLOSED("\"pending\"", "\"pending\":" BOOL ",\"revision\":" NUM ",\"falls_back_to\":" NUM
		",\"deadline\":" TIME ",\"who\":" STR ",\"remaining_seconds\":" NUM) },
	{ "Transaction", CLOSED("\"operations\"", "\"base_revision\":" NUM ",\"comment\":" STR
		",\"apply\":{\"enum\":[\"none\",\"affected\"]},\"confirm_minutes\":" MINUTES ",\"operations\":" LIST(CLOSED("\"op\",\"path\"",
		"\"op\":{\"enum\":[\"create\",\"put\",\"patch\",\"delete\"]},\"path\":" STR ",\"value\":{},\"if_match\":" STR)) ) },
	{ "RevisionHead", OBJECT("\"revision\",\"at\",\"who\",\"paths\"", "\"revision\":" NUM ",\"at\":" TIME ",\"who\":" STR
		",\"address\":" STR ",\"comment\":" STR ",\"paths\":" LIST(STR) ",\"changes\":" LIST(REF("Change"))) },
	{ "RevisionPage", PAGE(REF("RevisionHead")) },
	{ "Revision", "{\"allOf\":[" REF("RevisionHead") "," OBJECT("\"changes\"", "\"changes\":" LIST(REF("Change"))) "]}" },
	{ "Restore", CLOSED("", "\"comment\":" STR ",\"apply\":{\"enum\":[\"none\",\"affected\"]}") },

	{ "Phone", OBJECT("\"device\",\"state\"", "\"device\":" STR
		",\"state\":{\"enum\":[\"registered\",\"unregistered\",\"unknown\"]},\"protocol\":{\"enum\":[\"sip\",\"sccp\",null]}"
		",\"address\":" STR0 ",\"model\":" STR0 ",\"firmware\":" STR0 ",\"lines\":" LIST("{\"type\":\"object\"}")
		",\"pending_action\":" ACTION ",\"verdict\":{\"type\":\"object\"}") },
	{ "PhonePage", PAGE(REF("Phone")) },
	{ "PendingPage", PAGE(CLOSED("\"device\",\"pending_action\",\"since_revision\",\"revision\",\"at\",\"who\",\"registered\",\"asked\"",
		"\"device\":" STR ",\"pending_action\":" ACTION ",\"since_revision\":" NUM ",\"revision\":" NUM ",\"at\":" TIME
		",\"who\":" STR ",\"registered\":" BOOL ",\"asked\":" BOOL ",\"asked_when_back\":" BOOL)) },
	{ "PendingAsked", CLOSED("\"asked\",\"waiting\"", "\"asked\":" LIST(STR) ",\"waiting\":" NUM) },
	{ "Timeline", OBJECT("\"device\",\"steps\"", "\"device\":" STR ",\"steps\":" LIST(OBJECT(
		"\"at\",\"step\",\"severity\",\"text\"", "\"at\":" TIME ",\"step\":" STR ",\"severity\":{\"enum\":[\"info\",\"warn\",\"error\"]}"
		",\"text\":" STR)) ",\"verdict\":{\"type\":\"object\"}") },
	{ "AttemptPage", OBJECT("\"items\"", "\"items\":" LIST(OBJECT("\"protocol\"", "\"protocol\":{\"enum\":[\"sip\",\"sccp\"]}"))) },
	{ "FilePage", PAGE(OBJECT("\"name\"", "\"name\":" STR ",\"version_stamp\":" STR ",\"changed_at\":" TIME0)) },
	{ "ActionDone", CLOSED("\"device\",\"action\"", "\"device\":" STR ",\"action\":{\"enum\":[\"restart\",\"reset\"]}") },
	{ "Event", OBJECT("\"specversion\",\"id\",\"source\",\"type\",\"time\",\"data\"", "\"specversion\":{\"const\":\"1.0\"},\"id\":" STR
		",\"source\":" STR ",\"type\":" STR ",\"subject\":" STR ",\"time\":" TIME ",\"data\":{\"type\":\"object\"}") },
	{ "EventPage", CLOSED("\"items\",\"last\",\"oldest\"", "\"items\":" LIST(REF("Event")) ",\"last\":" NUM ",\"oldest\":" NUM) },

	{ "Clock", "{\"type\":\"object\"}" },
	{ "EnginePage", PAGE(OBJECT("\"name\",\"state\"", "\"name\":" STR ",\"state\":{\"enum\":[\"up\",\"off\",\"failed\"]}"
		",\"address\":" STR0 ",\"reason\":" STR0)) },
	{ "Model", CLOSED("\"type\",\"name\",\"lines\",\"sip\",\"sccp\"", "\"type\":" STR ",\"name\":" STR ",\"lines\":" NUM
		",\"sip\":" BOOL ",\"sccp\":" BOOL) },
	{ "ModelPage", PAGE(REF("Model")) },
	{ "Zone", CLOSED("\"number\",\"name\",\"cisco\",\"text\"", "\"number\":" NUM ",\"name\":" STR ",\"cisco\":" STR ",\"text\":" STR) },
	{ "ZonePage", PAGE(REF("Zone")) },
	{ "Capabilities", CLOSED("\"version\",\"feed\",\"limits\",\"constants\",\"models\",\"time_zones\"", "\"version\":" STR ",\"feed\":"
		CLOSED("", "\"port\":" NUM ",\"tls_port\":" NUM) ",\"limits\":{\"type\":\"object\",\"additionalProperties\":" NUM "}"
		",\"constants\":" LIST(CLOSED("\"name\",\"value\",\"default\",\"help\"", "\"name\":" STR ",\"value\":" NUM
		",\"default\":" NUM ",\"limit\":" STR ",\"top\":" NUM ",\"help\":" STR))
		",\"models\":" LIST(REF("Model")) ",\"time_zones\":" LIST(REF("Zone"))) },
	{ "Schema", OBJECT("\"objects\"", "\"objects\":" LIST(OBJECT("\"path\"", "\"path\":" STR))) },
	{ "OpenApi", OBJECT("\"openapi\",\"info\",\"paths\"", "\"openapi\":" STR ",\"paths\":{\"type\":\"object\"}") },
	{ "FileText", OBJECT("\"name\",\"text\"", "\"name\":" STR ",\"size\":" NUM ",\"text\":" STR) },
	{ "Backup", "{\"type\":\"object\"}" },
	{ "RestoreReport", OBJECT("\"dry_run\"", "\"dry_run\":" BOOL ",\"revision\":" NUM ",\"missing_secrets\":" LIST(STR)
		",\"confirm\":" REF("Confirm")) },
	{ "ImportReport", OBJECT("\"mode\",\"dry_run\",\"base_revision\",\"summary\",\"modes\",\"lines\",\"accounts\"",
		"\"mode\":{\"enum\":[\"merge\",\"replace\"]},\"dry_run\":" BOOL ",\"base_revision\":" NUM
		",\"summary\":" CLOSED("\"lines\"," IMPORT_NAMES ",\"warnings\",\"not_listed\"", "\"lines\":" NUM
		"," IMPORT_COUNTS ",\"warnings\":" NUM ",\"not_listed\":" NUM)
		",\"modes\":" LIST(CLOSED("\"mode\"," IMPORT_NAMES, "\"mode\":" STR "," IMPORT_COUNTS))
		",\"lines\":" LIST(CLOSED("\"line\",\"text\",\"mode\",\"result\",\"warnings\"", "\"line\":" NUM ",\"text\":" STR
		",\"mode\":" STR ",\"result\":{\"enum\":[" IMPORT_NAMES "]},\"reason\":" STR ",\"nearest\":" STR ",\"path\":" STR
		",\"command\":" STR ",\"warnings\":" ARRAY(STR)))
		",\"accounts\":" LIST(CLOSED("\"username\",\"role\"", "\"username\":" STR ",\"role\":" STR ",\"exists\":" BOOL))) },
	{ "Import", "{\"allOf\":[" REF("ImportReport") "," REF("Write") "]}" },
	{ "Pem", STR },
	{ "Text", STR },
	{ "Certificate", OBJECT("\"subject\",\"fingerprint_sha256\",\"not_after\",\"self_signed\",\"installed\"", "\"subject\":" STR
		",\"issuer\":" STR ",\"fingerprint_sha256\":" STR ",\"key\":" STR ",\"self_signed\":" BOOL ",\"installed\":" BOOL ",\"not_before\":" TIME
		",\"not_after\":" TIME ",\"names\":" LIST(STR)) },
	{ 0 },
};
/* clang-format on */
