/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot: see snapshot.h. */
#include "heap/snapshot.h"

#include "heap/live.h"
#include "heap/options.h"
#include "heap/shape.h"
#include "heap/thread.h"
#include "heap/trace.h"
#include "os/os.h"
#include "report/report.h"

#include <string.h>

/* What `typeslab hist PID` looks for. */
exported const struct live_root typeslab_live_1 = {
	.magic = LIVE_MAGIC,
	.version = LIVE_VERSION,
	.size = sizeof(struct live_root),
	.layout = &layout,
	.first_heap = &thread_heaps,
	.region = &region,
	.shape = shape_fields,
	.trace = &trace_table,
	.layout_size = sizeof(struct layout),
	.heap_size = sizeof(struct heap),
	.cache_size = sizeof(struct cache),
	.partition_size = sizeof(struct partition),
	.named_size = sizeof(struct named),
	.record_size = sizeof(struct trace_record),
};

static bool read_own(void *context, uint64_t address, void *to, size_t size)
{
	(void)context;
	memcpy(to, (const void *)(uintptr_t)address, size);
	return true;
}

static bool write_to(void *context, const char *text, size_t length)
{
	os_write(*(const int *)context, text, length);
	return true;
}

void snapshot_write(int fd)
{
	struct live_reader reader = { .read = read_own };
	struct live_sink sink = { .take = write_to, .context = &fd };
	char program[32];
	struct live_subject subject = { os_getpid(), program };

	os_program_name(program, sizeof(program));
	live_print(&reader, (uintptr_t)&typeslab_live_1, &subject, &sink);
}

/*
 * The option's path with each %p become the process's number: the processes
 * of a tree inherit the option. False: too long, and @out is what fits.
 */
static bool expand_path(struct option_text path, char *out, size_t room)
{
	struct line pid = { .length = 0 };
	size_t length = 0;

	line_add_number(&pid, os_getpid(), 10, 1);
	for (size_t i = 0; i < path.length; i++) {
		bool is_pid = i + 1 < path.length && path.text[i] == '%' &&
			      path.text[i + 1] == 'p';
		const char *from = is_pid ? pid.text : &path.text[i];
		size_t size = is_pid ? pid.length : 1;

		if (length + size >= room) {
			out[length] = '\0';
			return false;
		}
		memcpy(out + length, from, size);
		length += size;
		i += is_pid;
	}
	out[length] = '\0';
	return true;
}

__attribute__((__destructor__)) static void write_at_exit(void)
{
	struct option_text path = option_text_of(layout.options.snapshot);
	char name[4096];
	int fd = -1;

	if (!path.length)
		return;
	if (expand_path(path, name, sizeof(name)))
		fd = os_create_file(name);
	if (fd < 0)
		return report_no_snapshot(name);
	snapshot_write(fd);
	os_close(fd);
}
