/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote: the memory of another process, read and never written.
 *
 * Owns:       nothing between calls.
 * Promises:   complains on standard error, naming the process and what stands
 *             in the way. The process is not stopped and does not notice.
 * Relies on:  elfutils to read symbol tables, of files that were replaced on
 *             disk too; one thread.
 * Invariant:  what is read may be changing or forged: the caller bounds every
 *             loop over it.
 */
#ifndef TOOLS_REMOTE_H
#define TOOLS_REMOTE_H

#include <elfutils/libdwfl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The files mapped into @pid, for questions about its addresses; dwfl_end() is
 * due before the next call of either. NULL after a complaint.
 */
Dwfl *remote_open(pid_t pid);

/*
 * The run-time address of data symbol @name in @pid: of libtypeslab first, of
 * any other object (the program itself, linked statically) after that.
 * 0, or -1 after a complaint.
 */
int remote_find_symbol(pid_t pid, const char *name, uintptr_t *address);

/* Copies @n bytes at @address of @pid: 0, or -1 with errno. Says nothing. */
int remote_read(pid_t pid, uintptr_t address, void *to, size_t n);

/* Complains that @pid cannot be read, for the reason @error says. */
void remote_complain(pid_t pid, int error);

#endif /* TOOLS_REMOTE_H */
