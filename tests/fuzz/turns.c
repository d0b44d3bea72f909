/* SPDX-License-Identifier: Apache-2.0 */
/* turns: see turns.h. */
#include "tests/fuzz/turns.h"

#include "tests/fuzz/model.h"

#include <pthread.h>
#include <semaphore.h>

struct turn {
	pthread_t thread;
	sem_t go;
	bool exists;
	bool must_end;
};

static struct turn turns[NR_TURNS];
static unsigned int current;
static const struct turns_work *work;
static pthread_key_t key;

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore))
		;
}

/*
 * The library's key is made later and has a greater number: in the first round
 * of destructors it comes after this one, and in the second never again.
 */
static void say_last_words(void *value)
{
	static char again;

	work->last_words();
	if (value != &again)
		pthread_setspecific(key, &again);
}

static void *take_part(void *arg)
{
	struct turn *me = arg;

	wait_for(&me->go);
	pthread_setspecific(key, me);
	while (!me->must_end) {
		work->run();
		if (!me->must_end)
			turns_pass(0);
	}
	return NULL;
}

void turns_begin(const struct turns_work *of)
{
	static bool has_key;

	if (!has_key && pthread_key_create(&key, say_last_words))
		model_fail("no key");
	has_key = true;
	work = of;
	current = 0;
	turns[0].exists = true;
	turns[0].must_end = false;
	sem_init(&turns[0].go, 0, 0);
}

unsigned int turns_current(void)
{
	return current;
}

bool turns_is_over(void)
{
	return turns[current].must_end;
}

static void begin(struct turn *turn)
{
	sem_init(&turn->go, 0, 0);
	turn->must_end = false;
	if (pthread_create(&turn->thread, NULL, take_part, turn))
		model_fail("no thread");
	turn->exists = true;
}

void turns_pass(unsigned int to)
{
	unsigned int from = current;

	if (to == from)
		return;
	if (!turns[to].exists)
		begin(&turns[to]);
	current = to;
	sem_post(&turns[to].go);
	wait_for(&turns[from].go);
}

/* It goes on where it passed its turn, finds nothing to do, and returns. */
void turns_end(unsigned int who)
{
	unsigned int from = current;

	if (who == from || !who || !turns[who].exists)
		return;
	turns[who].must_end = true;
	current = who;
	sem_post(&turns[who].go);
	pthread_join(turns[who].thread, NULL);
	turns[who].exists = false;
	current = from;
}

void turns_forget_others(void)
{
	for (unsigned int i = 0; i < NR_TURNS; i++)
		turns[i].exists = i == current;
}

void turns_finish(void)
{
	for (unsigned int i = 1; i < NR_TURNS; i++)
		turns_end(i);
}
