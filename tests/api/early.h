/* SPDX-License-Identifier: Apache-2.0 */
/*
 * early: a library that needs libc alone, so the loader may set it up before
 * the heap and takes it down after the program.
 */
#ifndef API_EARLY_H
#define API_EARLY_H

#include <stdbool.h>

#define EARLY_TEXT "made before main"

/* Takes, grows and frees one block of each kind; false if one failed. */
bool early_use_heap(void);

/* What the library's constructor allocated. The caller frees it. */
char *early_block(void);

/* The library's destructor, the last there is, ends the process with this. */
void early_leave_with(int status);

#endif /* API_EARLY_H */
