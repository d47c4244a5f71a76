#ifndef OT_HINTS_H
#define OT_HINTS_H

/// Asks the processor to fetch the cache line at an address that will be read soon. Never faults, changes nothing.
static inline void ot_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Has long blocks of memory go back to the system when they are freed. By itself the C library keeps the room of the
/// longest one that went for the next, and so a tenth more than is needed (mallopt(3), M_MMAP_THRESHOLD).
void ot_give_back_long_blocks(void);

#endif
