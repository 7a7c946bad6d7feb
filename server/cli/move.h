/* server/cli/move.h - `switchroom import` and `switchroom export`: running configurations in and out of the
 * running server. Each returns the exit code of the process. */
#ifndef CLI_MOVE_H
#define CLI_MOVE_H

/* FILE or "-", then options. 0: every line is well; 2: lines, or all of it, were refused; 1: it could not be
 * tried. */
int cli_import(int argc, char **argv);
int cli_export(int argc, char **argv);

#endif
