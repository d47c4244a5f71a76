// SHA-256 of rules.pack: 78feae2acc8ff81c408d19a1ab628eabb25ed8f2d62fba887bd285c64bc2b93c
