/* Control of faultfs.so, a preloaded library that stands between a process and the files below one
 * directory (FAULTFS_DIR): it counts, delays, holds and fails writes and syncs, and it can keep an
 * image of one file (FAULTFS_FILE) as a power cut would leave it (FAULTFS_IMAGE): what was synced,
 * and a random part of what was not. The control struct is the file FAULTFS_CONTROL, shared with
 * the test. */
#ifndef TESTS_SUPPORT_PRELOAD_FAULTFS_H
#define TESTS_SUPPORT_PRELOAD_FAULTFS_H

#include <stdatomic.h>

struct faultfs {
	/* set by the test */
	atomic_int write_errno;  /* writes fail with this; 0: they work */
	atomic_int sync_errno;   /* syncs, and writes to descriptors with O_DSYNC, fail with this */
	atomic_int sync_skip;    /* so many syncs work before sync_errno counts */
	atomic_int reaches_file; /* a failing O_DSYNC write changes the file all the same */
	atomic_int short_write;  /* writes do half their work */
	atomic_int percent;      /* errnos hit only so many calls of a hundred; 0: all */
	atomic_int hold;         /* syncs wait while this is set */
	atomic_int delay_us;     /* syncs take this much longer */
	atomic_int leak_percent; /* unsynced writes that reach the image by themselves */
	/* counted by the library */
	atomic_int holding; /* a sync waits */
	atomic_ulong writes, syncs, failed;
	/* for the process under test: what it has been told is safe */
	atomic_ulong acked[8];
};

#endif
