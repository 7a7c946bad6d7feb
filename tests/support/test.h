/* tests/support/test.h - what every cmocka test includes. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The last line of a test that proves a requirement of docs/requirements.tsv: it is reached only
 * when everything above it held, so `make requirements` counts tests that ran and passed. */
#define REQ(id) req_proved(id)
void req_proved(const char *id);

/* A fresh directory below $TMPDIR or /tmp, removed with all it holds by test_rmdir(). */
char *test_tmpdir(void); /* free with test_rmdir */
void test_rmdir(char *dir);

#endif
