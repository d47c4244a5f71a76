#ifndef OT_VENDORS_PACK_H
#define OT_VENDORS_PACK_H
#include <stddef.h>
// Vendors by identification number, packs/vendors.tsv, whose head says where each list is from.
const unsigned char *ot_vendors_pack(void);
size_t ot_vendors_pack_count(void);
#endif
