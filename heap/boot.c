/* SPDX-License-Identifier: Apache-2.0 */
/* boot: the whole library, once; contract in heap.h. */
#include "heap/heap.h"

#include "heap/fork.h"
#include "os/os.h"

#include <signal.h>

enum boot_state {
	BOOT_NOT_YET,
	BOOT_RUNNING,
	BOOT_DONE,
	BOOT_FAILED,
};

static unsigned int state;
static thread_local_ie bool is_booting;

bool heap_is_booted(void)
{
	return __atomic_load_n(&state, __ATOMIC_ACQUIRE) == BOOT_DONE;
}

static bool boot(void)
{
	os_init();
	fork_init();
	if (!layout_init() || !thread_init())
		return false;
	layout_draw_map(thread_no_bins);
	layout_seal();
	return true;
}

/*
 * Signals are held meanwhile: a handler that allocates would wait for the boot
 * that it interrupted, and so would a child that it forks.
 */
bool heap_boot(void)
{
	unsigned int now = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
	sigset_t before;

	if (likely(now == BOOT_DONE))
		return true;
	/* Somebody's wrapper of a function that the boot calls. */
	if (is_booting)
		return false;
	now = BOOT_NOT_YET;
	os_hold_signals(&before);
	if (__atomic_compare_exchange_n(&state, &now, BOOT_RUNNING, false,
					__ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		is_booting = true;
		now = boot() ? BOOT_DONE : BOOT_FAILED;
		if (now == BOOT_FAILED)
			report_no_heap(layout_nr_shared());
		is_booting = false;
		__atomic_store_n(&state, now, __ATOMIC_RELEASE);
	}
	os_let_signals(&before);
	while (now == BOOT_RUNNING) {
		os_yield();
		now = __atomic_load_n(&state, __ATOMIC_ACQUIRE);
	}
	return now == BOOT_DONE;
}
