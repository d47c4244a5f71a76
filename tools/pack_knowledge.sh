#!/bin/bash
# Packs knowledge into Sources/CKnowledge/packs, from where #embed takes it into the binary. A test fails when a pack is
# older than what it was made of.
set -e
cd "$(dirname "$0")/.."
tools/pack-knowledge Sources/OTKnowledge Sources/CKnowledge/packs/rules.pack Inputs.yaml 'Rules/*.yaml'
