/* SPDX-License-Identifier: Apache-2.0 */
/* kunit/test.h for kernel code: see typeslab/kunit.h. */
#ifndef TYPESLAB_KUNIT_TEST_H
#define TYPESLAB_KUNIT_TEST_H

#include "typeslab/kunit.h"

#endif /* TYPESLAB_KUNIT_TEST_H */
