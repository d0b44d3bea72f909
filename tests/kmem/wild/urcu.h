/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's test headers ask of liburcu, where there are no readers. */
#ifndef WILD_URCU_H
#define WILD_URCU_H

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#define rcu_dereference(p)	 (p)
#define rcu_assign_pointer(p, v) ((p) = (v))
#define rcu_read_lock()		 ((void)0)
#define rcu_read_unlock()	 ((void)0)
#define call_rcu(head, function) (function)(head)

#endif /* WILD_URCU_H */
