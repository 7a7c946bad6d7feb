/* tests/fuzz/driver.c - runs a fuzz target over the files of a corpus folder, so that the corpus is
 * part of every ordinary test run. With libFuzzer (make fuzz) this file is left out. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	static unsigned char buf[1 << 20];
	size_t n;
	unsigned char *exact;

	if (!f)
		return -1;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	exact = malloc(n ? n : 1); /* exact size, so that a sanitizer sees one byte too many */
	if (!exact)
		return -1;
	for (size_t i = 0; i < n; i++)
		exact[i] = buf[i];
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *d = argc > 1 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	int ran = 0;

	while (d && (e = readdir(d))) {
		char path[PATH_MAX];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], e->d_name);
		if (run_file(path))
			return 1;
		ran++;
	}
	if (d)
		closedir(d);
	printf("%d inputs\n", ran);
	return ran ? 0 : 1; /* an empty corpus proves nothing */
}
