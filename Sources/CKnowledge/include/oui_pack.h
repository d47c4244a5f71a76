#ifndef OT_OUI_PACK_H
#define OT_OUI_PACK_H
#include <stddef.h>
// Vendors of MAC address prefixes, packed by tools/pack-oui, which describes the format.
const unsigned char *ot_oui_pack(void);
size_t ot_oui_pack_count(void);
#endif
