/* server/cli/ask.h - commands in words that the running server answers: show, clear, reset, restart, create. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

/* `argv`: the words behind the command, then options. Exit status: 0; 1 refused or no server; 2 wrong
 * options. */
int ask_show(int argc, char **argv);
int ask_exec(const char *verb, int argc, char **argv);

#endif
