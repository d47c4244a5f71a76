#!/bin/bash
# Packs knowledge into Sources/CKnowledge/packs, from where #embed takes it into the binary. A test fails when a pack is
# older than what it was made of.
set -e
cd "$(dirname "$0")/.."
tools/pack-knowledge Sources/OTKnowledge Sources/CKnowledge/packs/rules.pack Inputs.yaml Services.yaml 'Rules/*.yaml'
# Vendor names are as new as Debian's package; without it the pack in the tree stays.
if [ -d /usr/share/ieee-data ]; then
  tools/pack-oui /usr/share/ieee-data > Sources/CKnowledge/packs/oui.pack.new && mv Sources/CKnowledge/packs/oui.pack.new Sources/CKnowledge/packs/oui.pack
else
  echo "ieee-data is not installed: oui.pack stays as it is" >&2
fi
