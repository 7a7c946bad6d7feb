/* server/files/flash.c - what `show flash:` lists: the files that an administrator has stored, with their
 * dates, and the room that is left. Reads the folders anew; any thread. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "server/files/files.h"

#define FLASH_NAMES_MAX 10000

static bool add_entry(cJSON *list, int dir, const char *name, double *used)
{
	struct stat st;
	char at[TIME_TEXT_SIZE];
	cJSON *o;

	if (name[0] == '.' || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) || !text_is_utf8(name, strlen(name)))
		return false;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "name", name);
	cJSON_AddNumberToObject(o, "length", S_ISREG(st.st_mode) ? (double)st.st_size : 0);
	cJSON_AddBoolToObject(o, "directory", S_ISDIR(st.st_mode));
	text_time(at, (int64_t)st.st_mtim.tv_sec * 1000000000);
	cJSON_AddStringToObject(o, "modified_at", at);
	cJSON_AddItemToArray(list, o);
	*used += S_ISREG(st.st_mode) ? (double)st.st_size : 0;
	return true;
}

static void add_folder(cJSON *list, const char *path, double *used)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), taken = 0;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < n; i++) {
		if (dir >= 0 && taken < FLASH_NAMES_MAX)
			taken += add_entry(list, dir, names[i]->d_name, used);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (dir >= 0)
		close(dir);
}

cJSON *files_flash(const char *data_dir)
{
	static const char *const folders[] = { "flash", "files" };
	cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "items");
	struct statvfs fs;
	double used = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		struct text path;

		text_init(&path, 8192);
		text_addf(&path, "%s/%s", data_dir, folders[i]);
		add_folder(list, path.buf, &used);
		text_fini(&path);
	}
	if (statvfs(data_dir, &fs))
		cJSON_AddNullToObject(o, "free_bytes");
	else
		cJSON_AddNumberToObject(o, "free_bytes", (double)fs.f_bavail * (double)fs.f_frsize);
	cJSON_AddNumberToObject(o, "used_bytes", used);
	return o;
}
