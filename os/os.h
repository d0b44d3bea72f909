/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os: every system call of the library.
 *
 * Owns:       nothing but the page size read at boot, or raised then.
 * Promises:   errno is left as it was by every function here. Sizes and
 *             addresses are multiples of the page size where pages are
 *             meant. A function that can fail says so by its bool or NULL.
 * Relies on:  Linux 4.14 or later; what is newer is optional.
 */
#ifndef OS_OS_H
#define OS_OS_H

#include "base/compiler.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void os_init(void);
size_t os_page_size(void);
/*
 * From here on pages are at least so large, a power of two: what begins or ends
 * inside one is refused or rounded, as a system with such pages does.
 */
void os_raise_page_size(size_t size);

/* Address space without memory behind it, not counted as data; or NULL. */
void *os_reserve(size_t size);
void os_release(void *addr, size_t size);

/* Makes reserved pages usable and zero; false when there is no memory. May be
 * repeated on pages that are usable already. */
bool os_commit(void *addr, size_t size);
/*
 * The same where all pages are reserved, or hold nothing and are the caller's
 * alone: mprotect may be refused, and they are mapped anew then.
 */
bool os_commit_reserved(void *addr, size_t size);
/* Whether it ever was, for another reason than memory. */
bool os_is_protect_refused(void);
/* Makes reserved pages readable: they show zero and cost no memory. */
bool os_allow_reading(void *addr, size_t size);
/* The same of usable pages, which nobody else writes to meanwhile: what they
 * held, their memory and the right to it are gone. */
bool os_uncommit(void *addr, size_t size);
/* Makes usable pages fault on every access; they keep their memory. */
bool os_forbid(void *addr, size_t size);
/* Gives the memory back, keeps the pages usable: they read as zero. */
bool os_purge(void *addr, size_t size);
/*
 * Which of the pages have memory behind them: a byte each in @has_memory, whose
 * lowest bit says so; false when the system does not tell.
 */
bool os_look_for_memory(void *addr, size_t size, unsigned char *has_memory);
/*
 * Gives memory and commit charge back: the pages are reserved again. That makes
 * a mapping of them; false, too, where the process has hundreds beside those
 * that were told to be expected.
 */
bool os_refund(void *addr, size_t size);
void os_expect_mappings(size_t nr);
/*
 * From here on the right to memory is worth more than mappings: refunds may
 * make a quarter of those that the system allows.
 */
void os_spend_mappings(void);
/* Mappings that a process may have; 0: nobody knows. */
size_t os_mappings_allowed(void);
/* Whether the process has more than @most mappings; true if nobody knows. */
bool os_has_mappings(size_t most);
/*
 * Keeps the range out of core files and huge pages, and lets what comes into
 * use into core files again; best effort. The kernel leaves out what was never
 * written to; debuggers that make core files write it all.
 */
void os_mark_reserve(void *addr, size_t size);
void os_mark_used(void *addr, size_t size);
/* A page that reads as zero in a child after fork, between guards; or NULL. */
void *os_wiped_page(void);

/* Fills @out; from the kernel's generator, or from what the loader was given
 * when system calls are filtered. */
void os_random(void *out, size_t size);

/* Waits while *@word is @value (or less: may return early); wakes one. */
void os_wait(uint32_t *word, uint32_t value);
void os_wake_one(uint32_t *word);
void os_yield(void);

/* Milliseconds since some time in the past, a tick of the kernel's apart. */
uint64_t os_clock_ms(void);

/* Bytes of address space the process may still map; SIZE_MAX: no limit. */
size_t os_address_space_left(void);

/*
 * Bytes that may be writable at once, by RLIMIT_DATA or because the system
 * overcommits nothing; SIZE_MAX: no such limit is known.
 */
size_t os_data_limit(void);

bool os_is_secure(void);
/* An address in the loader; 0 in a static program. */
uintptr_t os_loader(void);
/* Also before the C library has an environ; or NULL. */
const char *os_getenv(const char *name);
int os_getpid(void);

/* The calling thread's signals wait until those of @before are let through. */
void os_hold_signals(sigset_t *before);
void os_let_signals(const sigset_t *before);

/* Writes all of it, or as much as goes; never fails aloud. */
void os_write(int fd, const char *text, size_t size);
/* A new private file, never through a link; -1 when it cannot be. */
int os_create_file(const char *path);
void os_close(int fd);
/*
 * At most *@size bytes of a file, and how many they are; false: cannot, as it
 * is with pipes and terminals.
 */
bool os_read_file(const char *path, char *out, size_t *size);
/* The file name of the running program, "?" when unknown; at most @size. */
void os_program_name(char *out, size_t size);

never_returns void os_abort(void);

#endif /* OS_OS_H */
