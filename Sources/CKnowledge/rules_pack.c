#include "rules_pack.h"
#include "packs/rules.digest.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char pack[] = {
#embed "packs/rules.pack"
};

const unsigned char *ot_rules_pack(void) { return pack; }
size_t ot_rules_pack_count(void) { return sizeof pack; }
