#include "hints.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void ot_give_back_long_blocks(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
#endif
}
