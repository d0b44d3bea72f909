/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no_loader: what Debian's libgcc asks of glibc's loader, for programs on
 * musl, whose loader has no such function; a libgcc made for musl does not
 * ask. Nothing is found then, and a fault's report has no stack.
 */
int _dl_find_object(void *address, void *out);

int _dl_find_object(void *address, void *out)
{
	(void)address;
	(void)out;
	return -1;
}
