/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: places where perf, bpftrace and SystemTap may look in.
 *
 * Owns:       nothing.
 * Promises:   a probe is one nop and a note in .note.stapsdt that says where
 *             its arguments lie; without <sys/sdt.h> at build time, nothing.
 *             Probes stand on slow paths only. docs/tools.md lists them.
 */
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define PROBE3(name, a, b, c) DTRACE_PROBE3(typeslab, name, a, b, c)
#else
#define PROBE3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#endif

#endif /* BASE_PROBE_H */
