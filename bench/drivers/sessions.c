/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sessions: a server. Requests allocate, fill and free; a part of what they
 * allocate lives as long as their session, and sessions change threads.
 */
#include "driver.h"

#include "table.h"

#include <pthread.h>

#define NR_SESSIONS  1000 /* of each thread */
#define NR_KEPT	     24
#define NR_REQUEST   6
#define MIGRATE_EACH 64

struct session {
	char *buffer;
	void *kept[NR_KEPT];
	unsigned int nr_kept;
	unsigned int nr_to_go;
};

static struct {
	pthread_mutex_t lock;
	struct session *session;
} exchange = { .lock = PTHREAD_MUTEX_INITIALIZER };
static uint64_t nr_of_thread;

static void *filled(size_t size)
{
	return memset(touched(malloc(size)), 1, size);
}

static struct session *open_session(uint64_t *state)
{
	struct session *session = calloc(1, sizeof(*session));

	session->buffer = filled(4096);
	session->nr_to_go = 1 + draw_size(state, 2, 9);
	return session;
}

static void close_session(struct session *session)
{
	for (unsigned int i = 0; i < session->nr_kept; i++)
		free(session->kept[i]);
	free(session->buffer);
	free(session);
}

static void serve_request(struct session *session, uint64_t *state)
{
	void *used[NR_REQUEST];

	for (size_t i = 0; i < NR_REQUEST; i++)
		used[i] = filled(draw_size(state, 4, i ? 9 : 13));
	if (session->nr_kept < NR_KEPT)
		session->kept[session->nr_kept++] =
			filled(draw_size(state, 4, 10));
	for (size_t i = 0; i < NR_REQUEST; i++)
		free(used[i]);
}

static struct session *trade(struct session *session)
{
	struct session *other;

	pthread_mutex_lock(&exchange.lock);
	other = exchange.session;
	exchange.session = session;
	pthread_mutex_unlock(&exchange.lock);
	return other;
}

static void *serve(void *thread)
{
	struct session **sessions = calloc(NR_SESSIONS, sizeof(*sessions));
	uint64_t state = seed_of((uintptr_t)thread);

	for (uint64_t i = 0; i < nr_of_thread; i++) {
		struct session **at;

		at = &sessions[draw_below(&state, NR_SESSIONS)];
		if (!*at)
			*at = open_session(&state);
		serve_request(*at, &state);
		if (!--(*at)->nr_to_go) {
			close_session(*at);
			*at = NULL;
		} else if (!draw_below(&state, MIGRATE_EACH)) {
			*at = trade(*at);
		}
	}
	for (size_t i = 0; i < NR_SESSIONS; i++) {
		if (sessions[i])
			close_session(sessions[i]);
	}
	free(sessions);
	return NULL;
}

/* @nr counts requests. */
void drive_sessions(uint64_t nr, uint64_t nr_threads)
{
	nr_of_thread = nr / nr_threads;
	driver_threads(nr_threads, serve);
	if (exchange.session)
		close_session(exchange.session);
	exchange.session = NULL;
}
