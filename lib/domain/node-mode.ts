/**
 * What people decided about a node, kept in the catalogue: how it is just now, the failure detector says. A node that
 * drains serves what it has, gets nothing new, and its replicas count no more; one that is gone is refused.
 */
export type NodeMode = 'active' | 'draining' | 'gone';
