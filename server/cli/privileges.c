/* server/cli/privileges.c - libcap-ng does the work. */
#include "server/cli/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/log.h"

#define DEFAULT_USER "switchroom"

struct identity {
	uid_t uid;
	gid_t gid;
};

/* nftw() has no context; this runs once, before any thread. */
static struct identity new_owner;

static int hand_over(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return lchown(path, new_owner.uid, new_owner.gid);
}

static int find_identity(const char *user, const char *dir, struct identity *id, char *why,
			 size_t cap)
{
	const struct passwd *pw = getpwnam(user[0] ? user : DEFAULT_USER);
	struct stat st;

	if (pw) {
		*id = (struct identity){ pw->pw_uid, pw->pw_gid };
		return 0;
	}
	if (user[0]) {
		snprintf(why, cap, "there is no user %s", user);
		return ERR_NOENT;
	}
	if (stat(dir, &st)) {
		snprintf(why, cap, "%s: %s", dir, strerror(errno));
		return err_from_errno(errno);
	}
	*id = (struct identity){ st.st_uid, st.st_gid };
	return 0;
}

static int become(const struct identity *id)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
	if (id->uid == 0) /* nobody else to be: root in name, without its powers */
		return capng_apply(CAPNG_SELECT_BOTH);
	return capng_change_id((int)id->uid, (int)id->gid,
			       CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
}

int privileges_drop(const char *user, const char *dir, char *why, size_t cap)
{
	int err;

	if (mkdir(dir, 0700) && errno != EEXIST) {
		snprintf(why, cap, "cannot create the data directory %s: %s", dir, strerror(errno));
		return err_from_errno(errno);
	}
	if (geteuid() != 0) {
		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		return 0;
	}
	err = find_identity(user, dir, &new_owner, why, cap);
	if (err)
		return err;
	if (new_owner.uid && nftw(dir, hand_over, 16, FTW_PHYS)) {
		snprintf(why, cap, "cannot hand %s over: %s", dir, strerror(errno));
		return ERR_PERM;
	}
	if (become(&new_owner)) {
		snprintf(why, cap, "cannot give up root");
		return ERR_PERM;
	}
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	log_info(LOG_MAIN, "privileges_dropped", "uid=%u kept=net_bind_service",
		 (unsigned)new_owner.uid);
	return 0;
}
