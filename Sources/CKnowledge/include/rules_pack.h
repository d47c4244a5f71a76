#ifndef OT_RULES_PACK_H
#define OT_RULES_PACK_H
#include <stddef.h>
// Rules and their inputs, packed by tools/pack-knowledge; see KnowledgePack.swift for the format.
const unsigned char *ot_rules_pack(void);
size_t ot_rules_pack_count(void);
#endif
