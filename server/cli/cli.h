/* server/cli/cli.h - the commands of the binary. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "server/cli/options.h"

/* Finds and runs the command of argv; `serve` runs the appliance. Returns the exit status. */
int cli_main(int argc, char **argv, int (*serve)(const struct options *opt));

#endif
