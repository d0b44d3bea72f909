/* SPDX-License-Identifier: Apache-2.0 */
#define XA_CHUNK_SHIFT 6
