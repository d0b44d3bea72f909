/* SPDX-License-Identifier: Apache-2.0 */
/* table: all workloads but the typed ones. bench/list says what they mean. */
#include "table.h"

#include "driver.h"

/* clang-format off */
const struct driver drivers[] = {
	{ "pair-16", drive_pair, 16 },
	{ "pair-64", drive_pair, 64 },
	{ "pair-1000", drive_pair, 1000 },
	{ "nothing", drive_nothing, 0 },
	{ "wrapper-pair-64", drive_wrapped, 0 },
	{ "wrapped-pair-64", drive_wrapped, 0xab4823cf5091d769 },
	{ "batch-64", drive_batch, 64 },
	{ "lifo", drive_lifo, 2000 },
	{ "fifo", drive_fifo, 4000 },
	{ "live-1000", drive_live, 1000 },
	{ "live-50000", drive_live, 50000 },
	{ "vectors", drive_vectors, 1 << 20 },
	{ "aligned", drive_aligned, 1000 },
	{ "large", drive_large, 64 },
	{ "remote", drive_remote, 0 },
	{ "dying", drive_dying, 500 },
	{ "sessions", drive_sessions, 2 },
	{ "requests", drive_requests, 16 },
	{ "peak", drive_peak, 1000000 },
	{ "forks", drive_forks, 50000 },
	{ "threads-1", drive_threads, 1 },
	{ "threads-2", drive_threads, 2 },
	{ "threads-4", drive_threads, 4 },
	{ "threads-16", drive_threads, 16 },
	{ "threads-64", drive_threads, 64 },
	{ "returned", drive_returned, 1ul << 30 },
	{ "fill-1g", drive_fill, 1ul << 30 },
	{ "fill-12g", drive_fill, 12ul << 30 },
	{ "handed-12g", drive_handed, 12ul << 30 },
	{ "tiny-1e8", drive_tiny, 100000000 },
	{ NULL, NULL, 0 },
};
/* clang-format on */
