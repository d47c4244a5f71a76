// Knowledge packs, embedded by make knowledge.
