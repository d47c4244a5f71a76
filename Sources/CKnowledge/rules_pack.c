#include "rules_pack.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char pack[] = {
#embed "packs/rules.pack"
};

const unsigned char *ot_rules_pack(void) { return pack; }
size_t ot_rules_pack_count(void) { return sizeof pack; }
