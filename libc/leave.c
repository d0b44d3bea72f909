/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leave: a longjmp ends the announcement of a caller's token.
 *
 * It may leave a wrapper while its shim's token waits, and what lies on the
 * stack does not show it for certain. So it tells the heap and goes on in the
 * real one. Part of the shared library only: in a static program these names
 * are libc's own. (Exceptions show themselves: see caller.c.)
 *
 * longjmp() is used in signal handlers, where dlsym() is not: the real
 * functions are looked up before main().
 */
#define _GNU_SOURCE
#include "base/compiler.h"
#include "heap/caller.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdlib.h>

typedef void jump_t(struct __jmp_buf_tag *env, int value);

static jump_t *real_longjmp;
static jump_t *real_siglongjmp;
static jump_t *real_longjmp_chk;

__attribute__((__constructor__)) static void find_real(void)
{
	real_longjmp = (jump_t *)dlsym(RTLD_NEXT, "longjmp");
	real_siglongjmp = (jump_t *)dlsym(RTLD_NEXT, "siglongjmp");
	real_longjmp_chk = (jump_t *)dlsym(RTLD_NEXT, "__longjmp_chk");
}

static never_returns void jump(jump_t **real, struct __jmp_buf_tag *env,
			       int value)
{
	caller_leave();
	if (!*real)
		find_real();
	(*real)(env, value);
	abort();
}

exported never_returns void typeslab_longjmp(struct __jmp_buf_tag *env,
					     int value) __asm__("longjmp");
exported never_returns void typeslab__longjmp(struct __jmp_buf_tag *env,
					      int value) __asm__("_longjmp");
exported never_returns void
typeslab_siglongjmp(struct __jmp_buf_tag *env, int value) __asm__("siglongjmp");
exported never_returns void
typeslab_longjmp_chk(struct __jmp_buf_tag *env,
		     int value) __asm__("__longjmp_chk");

void typeslab_longjmp(struct __jmp_buf_tag *env, int value)
{
	jump(&real_longjmp, env, value);
}

void typeslab__longjmp(struct __jmp_buf_tag *env, int value)
{
	jump(&real_longjmp, env, value);
}

void typeslab_siglongjmp(struct __jmp_buf_tag *env, int value)
{
	jump(&real_siglongjmp, env, value);
}

void typeslab_longjmp_chk(struct __jmp_buf_tag *env, int value)
{
	jump(&real_longjmp_chk, env, value);
}
