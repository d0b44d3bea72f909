/* SPDX-License-Identifier: Apache-2.0 */
/*
 * static_program: everything linked in, libc too (-static): the heap must be
 * the only one, from the start of the process to the end of its threads.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <typeslab/whatis.h>

static bool is_ours(void *p)
{
	struct typeslab_whatis info;
	bool answer = p && typeslab_whatis(p, &info) && info.live;

	free(p);
	return answer;
}

static void *use_heap(void *unused)
{
	bool all = true;

	(void)unused;
	for (size_t size = 1; size < 10000000; size *= 3) {
		void *p = malloc(size);

		memset(p, 1, size);
		all = is_ours(realloc(p, 2 * size)) && all;
		all = is_ours(calloc(3, size)) && all;
		all = is_ours(aligned_alloc(128, size)) && all;
	}
	return all ? &use_heap : NULL;
}

int main(void)
{
	pthread_t thread;
	void *result = NULL;
	char *text = NULL;

	if (!use_heap(NULL))
		return 1;
	if (pthread_create(&thread, NULL, use_heap, NULL))
		return 2;
	pthread_join(thread, &result);
	if (!result)
		return 3;
	if (asprintf(&text, "%d", 7) != 1 || !is_ours(text))
		return 4;
	if (!is_ours(strdup("made by libc")) || !is_ours(getcwd(NULL, 0)))
		return 5;
	puts("ours");
	return 0;
}
