/* SPDX-License-Identifier: Apache-2.0 */
/* forks: a process with a heap forks children that use what they inherit. */
#include "driver.h"

#include "table.h"

#include <sys/wait.h>
#include <unistd.h>

#define NR_OWN	     2000
#define NR_INHERITED 500

static void live_as_child(void **heap, uint64_t nr_heap, uint64_t *state)
{
	static void *own[NR_OWN];

	for (size_t i = 0; i < NR_OWN; i++)
		own[i] = touched(malloc(draw_size(state, 4, 11)));
	for (size_t i = 0; i < NR_INHERITED; i++) {
		void **place = &heap[draw_below(state, nr_heap)];

		free(*place);
		*place = touched(malloc(draw_size(state, 4, 11)));
	}
	for (size_t i = 0; i < NR_OWN; i++)
		free(own[i]);
	_exit(0);
}

/* @nr counts children, @nr_heap the objects they inherit. */
void drive_forks(uint64_t nr, uint64_t nr_heap)
{
	void **heap = malloc(nr_heap * sizeof(*heap));
	uint64_t state = seed_of(0);
	int status = 0;

	for (uint64_t i = 0; i < nr_heap; i++)
		heap[i] = touched(malloc(draw_size(&state, 4, 11)));
	driver_begin();
	for (uint64_t i = 0; i < nr; i++) {
		pid_t child = fork();

		draw(&state);
		if (!child)
			live_as_child(heap, nr_heap, &state);
		if (child < 0 || waitpid(child, &status, 0) < 0 || status)
			abort();
	}
}
