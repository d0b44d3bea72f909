/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cc_watch: a compile once more, for who watches a build.
 *
 * Owns:       nothing; the files it writes are the watcher's.
 * Promises:   changes nothing about the compile that was asked for.
 * Relies on:  cc_run; audit_build.h names the variables.
 */
#ifndef TOOLS_CC_WATCH_H
#define TOOLS_CC_WATCH_H

#include "tools/cc_args.h"

/* One more compile for each source, into @folder: its IR and its remarks. */
void cc_watch(const struct cc_args *args, const char *folder);

#endif /* TOOLS_CC_WATCH_H */
