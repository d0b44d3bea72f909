/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: one synthetic workload, and what they all share.
 *
 * A program of drivers is main.c and a table: `bench-drivers NAME COUNT` does
 * about COUNT operations of that workload and prints "wall <seconds>" and
 * "ns <per operation>" for the part after driver_begin(). The heap is
 * whatever the process was linked or preloaded with.
 */
#ifndef BENCH_DRIVERS_DRIVER_H
#define BENCH_DRIVERS_DRIVER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct driver {
	const char *name;
	void (*run)(uint64_t nr, uint64_t param);
	uint64_t param; /* size, live objects, threads: what the name says */
};

/* Ends with a row without a name. */
extern const struct driver drivers[];

/* What was prepared until here is not timed. */
void driver_begin(void);

/* A step of the curve that the workload draws: "curve <x> <y>". */
void driver_mark(double x, double y);

/* RssAnon + VmPTE of this process in kB, without allocating. */
uint64_t driver_memory_kb(void);

/* Runs @body(thread's number) in @nr threads to their end. */
void driver_threads(unsigned int nr, void *(*body)(void *));

static inline uint32_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 16;
}

/* 0 to @below - 1, without a division. */
static inline uint32_t draw_below(uint64_t *state, uint32_t below)
{
	return (uint64_t)draw(state) * below >> 32;
}

/* Log-uniform from 1 << @first to (1 << @last) - 1. */
static inline size_t draw_size(uint64_t *state, int first, int last)
{
	size_t octave = 1ul << (first + draw_below(state, last - first));

	return octave + draw_below(state, octave);
}

static inline uint64_t seed_of(uint64_t thread)
{
	return 0x9e3779b97f4a7c15 * (thread + 1);
}

/* The first word is written, as a program would at least. */
static inline void *touched(void *p)
{
	if (!p)
		abort();
	*(volatile uint64_t *)p = (uintptr_t)p;
	return p;
}

#endif /* BENCH_DRIVERS_DRIVER_H */
