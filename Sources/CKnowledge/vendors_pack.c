#include "vendors_pack.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char pack[] = {
#embed "packs/vendors.tsv"
};

const unsigned char *ot_vendors_pack(void) { return pack; }
size_t ot_vendors_pack_count(void) { return sizeof pack; }
