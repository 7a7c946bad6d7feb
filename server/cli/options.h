/* server/cli/options.h - start options: option > environment SWITCHROOM_... > DIR/switchroom.conf.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "server/core/log.h"
#include "server/core/text.h"

#define OPTION_OFF  (-1) /* "off": this port is not opened */
#define OPTION_CONF (-2) /* no option given: the configuration decides */

struct options {
	char data[256];
	char listen[64]; /* address to bind; "" = all */
	int admin_port, admin_tls_port, feed_port, feed_tls_port;
	int tftp_port, ntp_port;
	int sip_port, sccp_port, hfs_port;
	bool insecure_admin; /* plain HTTP for other addresses than loopback too */
	bool test;           /* permits the options that only tests may use */
	char test_clock_state[24];
	int test_clock_offset; /* seconds that the wall clock of the store is ahead */
	char user[64];         /* to become when started as root */
	char limits[128];      /* "ephones=2000,pools=2000" */
	enum log_level log_level;
	enum log_format log_format;
};

void options_init(struct options *o);
/* Reads argv[from..]; 0, or ERR_INVALID with a sentence in `why` that names the option. */
int options_read(struct options *o, int argc, char **argv, int from, char *why, size_t cap);
/* "--name VALUE   help (default)" for every option. */
void options_help(struct text *out);

#endif
