/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_elf: a libFuzzer target; tests/types/fuzz builds and runs it. */
#include "parsers.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	parser_elf((const char *)bytes, size);
	return 0;
}
