/* api/json_schema.h - the words in which components.c and status/components.c write JSON Schemas. */
#ifndef API_JSON_SCHEMA_H
#define API_JSON_SCHEMA_H

/* clang-format off */
#define STR    "{\"type\":\"string\"}"
#define STR0   "{\"type\":[\"string\",\"null\"]}"
#define NUM    "{\"type\":\"integer\"}"
#define BOOL   "{\"type\":\"boolean\"}"
#define TIME   "{\"type\":\"string\",\"format\":\"date-time\"}"
#define TIME0  "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
#define ROLE   "{\"type\":\"string\",\"enum\":[\"admin\",\"operator\",\"viewer\"]}"
#define ACTION "{\"type\":\"string\",\"enum\":[\"none\",\"reregister\",\"restart\",\"reset\",\"create+reset\",\"reload\"]}"
#define MINUTES "{\"type\":[\"integer\",\"null\"],\"minimum\":1,\"maximum\":1440}"
#define REF(n) "{\"$ref\":\"#/components/schemas/" n "\"}"
/* inside of a LIST: a macro within itself is more than cppcheck can follow */
#define ARRAY(item) "{\"type\":\"array\",\"items\":" item "}"
#define LIST(item) "{\"type\":\"array\",\"items\":" item "}"
#define OBJECT(required, properties) \
	"{\"type\":\"object\",\"required\":[" required "],\"properties\":{" properties "}}"
/* nothing but these members */
#define CLOSED(required, properties) \
	"{\"type\":\"object\",\"additionalProperties\":false,\"required\":[" required "],\"properties\":{" properties "}}"
#define PAGE(item) OBJECT("\"items\"", "\"items\":" LIST(item) ",\"next_cursor\":" STR0)
/* clang-format on */

#endif
