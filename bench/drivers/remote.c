/* SPDX-License-Identifier: Apache-2.0 */
/* remote: one thread allocates, another one frees. */
#include "driver.h"

#include "table.h"

#include <pthread.h>

#define PARCEL	   256
#define NR_PARCELS 16

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t nr_sent;
	uint64_t nr_received;
	void *parcels[NR_PARCELS][PARCEL];
} belt = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};
static uint64_t nr_parcels;

/* Waits until @count of the other side is beyond @passed. */
static void wait_beyond(const uint64_t *count, uint64_t passed)
{
	pthread_mutex_lock(&belt.lock);
	while (*count <= passed)
		pthread_cond_wait(&belt.changed, &belt.lock);
	pthread_mutex_unlock(&belt.lock);
}

static void count_up(uint64_t *count)
{
	pthread_mutex_lock(&belt.lock);
	++*count;
	pthread_cond_signal(&belt.changed);
	pthread_mutex_unlock(&belt.lock);
}

static void send_all(void)
{
	uint64_t state = seed_of(0);

	for (uint64_t at = 0; at < nr_parcels; at++) {
		void **parcel = belt.parcels[at % NR_PARCELS];

		if (at >= NR_PARCELS)
			wait_beyond(&belt.nr_received, at - NR_PARCELS);
		for (size_t i = 0; i < PARCEL; i++)
			parcel[i] = touched(malloc(draw_size(&state, 4, 9)));
		count_up(&belt.nr_sent);
	}
}

static void receive_all(void)
{
	for (uint64_t at = 0; at < nr_parcels; at++) {
		void **parcel = belt.parcels[at % NR_PARCELS];

		wait_beyond(&belt.nr_sent, at);
		for (size_t i = 0; i < PARCEL; i++)
			free(parcel[i]);
		count_up(&belt.nr_received);
	}
}

static void *take_side(void *thread)
{
	if (thread)
		receive_all();
	else
		send_all();
	return NULL;
}

void drive_remote(uint64_t nr, uint64_t unused)
{
	(void)unused;
	nr_parcels = nr / PARCEL;
	driver_threads(2, take_side);
}
