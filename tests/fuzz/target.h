/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: what every fuzz target has: one function that takes any bytes.
 *
 * libFuzzer and AFL++ call it with bytes of their making; replay.c with those
 * of files.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; what is wrong ends the program. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* FUZZ_TARGET_H */
