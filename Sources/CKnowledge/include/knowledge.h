// Knowledge packs, embedded by make knowledge.
#include "oui_pack.h"
#include "rules_pack.h"
#include "vendors_pack.h"
