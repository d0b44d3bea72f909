/* SPDX-License-Identifier: Apache-2.0 */
/* check: the public question whether all is well; see typeslab/check.h. */
#include "typeslab/check.h"

#include "heap/heap.h"

exported size_t typeslab_check(void)
{
	return scrub_check_all();
}
