/* SPDX-License-Identifier: Apache-2.0 */
/* heap_fuzz: any bytes as operations on the heap, against the model. */
#include "tests/fuzz/target.h"

#include "tests/fuzz/acts.h"
#include "tests/fuzz/failing_os.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t nr_calls = 0;
	struct acts_run run = {
		.data = data,
		.size = size,
		.stride = 8,
		.nr_calls = &nr_calls,
	};

	failing_os_seed(1);
	acts_do(&run);
	return 0;
}
