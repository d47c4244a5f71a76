#include "oui_pack.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char pack[] = {
#embed "packs/oui.pack"
};

const unsigned char *ot_oui_pack(void) { return pack; }
size_t ot_oui_pack_count(void) { return sizeof pack; }
