#ifndef OT_HINTS_H
#define OT_HINTS_H

#include <stddef.h>
#include <string.h>

/// Asks the processor to fetch the cache line at an address that will be read soon. Never faults, changes nothing.
static inline void ot_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Where an octet first stands among `count`; `count` where it does not. The C library looks at 32 octets a step.
static inline size_t ot_first_place(const void *octets, unsigned char octet, size_t count) {
  const char *found = (const char *)memchr(octets, octet, count);
  return found ? (size_t)(found - (const char *)octets) : count;
}

/// Whether `count` octets are the same in both places.
static inline _Bool ot_are_equal(const void *left, const void *right, size_t count) {
  return memcmp(left, right, count) == 0;
}

/// Has long blocks of memory go back to the system when they are freed. By itself the C library keeps the room of the
/// longest one that went for the next, and so a tenth more than is needed (mallopt(3), M_MMAP_THRESHOLD).
void ot_give_back_long_blocks(void);

#endif
