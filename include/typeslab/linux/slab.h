/* SPDX-License-Identifier: Apache-2.0 */
/* linux/slab.h for kernel code: add this header's parent to the include path */
#ifndef TYPESLAB_LINUX_SLAB_H
#define TYPESLAB_LINUX_SLAB_H

#include "typeslab/slab.h"

#endif /* TYPESLAB_LINUX_SLAB_H */
