#ifndef OT_HINTS_H
#define OT_HINTS_H

/// Asks the processor to fetch the cache line at an address that will be read soon. Never faults, changes nothing.
static inline void ot_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#endif
