/* SPDX-License-Identifier: Apache-2.0 */
/* A program has no module's head. */
#ifndef SHIM_LINUX_MODULE_H
#define SHIM_LINUX_MODULE_H

#define MODULE_DESCRIPTION(text) _Static_assert(1, text)
#define MODULE_LICENSE(text)	 _Static_assert(1, text)
#define MODULE_AUTHOR(text)	 _Static_assert(1, text)

#endif /* SHIM_LINUX_MODULE_H */
